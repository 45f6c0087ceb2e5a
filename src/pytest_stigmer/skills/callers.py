"""Who waits for the answer of a call: a caller may go away, and then nothing is begun for him."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Caller:
    """Whoever waits for the answer of one call; `has_gone` tells whether nobody does any more."""

    def __init__(self, has_gone: Callable[[], bool]) -> None:
        self.has_gone = has_gone
        self.when_served: Callable[[], None] | None = None


CALLER: ContextVar[Caller | None] = ContextVar("pytest_stigmer_caller", default=None)
"""Who waits for what is done in this thread now; None where nobody could go away."""


@contextmanager
def waiting(caller: Caller) -> Iterator[None]:
    """Serve a call of this caller in the block; `when_served` is called at its end."""
    before = CALLER.set(caller)
    try:
        yield
    finally:
        CALLER.reset(before)
        if caller.when_served is not None:
            caller.when_served()
