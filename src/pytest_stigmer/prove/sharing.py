"""Work shared among forks of this process, which know all that it knows."""

from __future__ import annotations

import gc
import signal
import warnings
from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

K = TypeVar("K")
V = TypeVar("V")


def shared(
    work: Sequence[K], do: Callable[[K], V], processes: int, begin: Callable[[int], None]
) -> dict[K, V]:
    """Return what `do` returns for each piece of work; what a fork fails at is left out.

    The values cross as pickles. Each fork calls `begin` with its number first.
    """
    parts = [work[number::processes] for number in range(processes)]
    forks = [_fork(part, do, begin, number) for number, part in enumerate(parts[1:], 1) if part]
    done = {piece: do(piece) for piece in parts[0]}
    for process, ours in forks:
        with suppress(EOFError):
            done |= ours.recv()
        ours.close()
        process.join()
    return done


def _fork(
    part: Sequence[K], do: Callable[[K], V], begin: Callable[[int], None], number: int
) -> tuple[BaseProcess, Connection]:
    def work() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the process that asked
        gc.freeze()  # what is open in the process that was forked is not to be closed here
        begin(number)
        theirs.send({piece: do(piece) for piece in part})

    processes = get_context("fork")
    ours, theirs = processes.Pipe(duplex=False)
    with warnings.catch_warnings():
        # It goes on with this thread alone, and calls nothing that others have locked.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = processes.Process(target=work, daemon=True)
        process.start()
    theirs.close()
    return process, ours
