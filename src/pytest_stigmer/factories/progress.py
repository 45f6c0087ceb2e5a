"""A progress bar for a person at a terminal, and silence for everything else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, Self

from pytest_stigmer.clock import stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

PATIENCE = 1.0
"""How long nothing is shown, in seconds."""

_WIDTH = 30
_ERASE = "\r\x1b[2K"


class Stream(Protocol):
    """What is needed of a text stream."""

    def isatty(self) -> bool:
        """Tell whether a person looks at it."""

    def write(self, text: str, /) -> object:
        """Write."""

    def flush(self) -> None:
        """Show what was written."""


class ProgressBar:
    """Called with (done, in all); draws on a terminal once its owner has waited, erases itself."""

    def __init__(
        self,
        label: str,
        stream: Stream | None = None,
        *,
        seconds: Callable[[], float] = stopwatch,
    ) -> None:
        self._label = label
        self._stream: Stream = sys.stderr if stream is None else stream
        self._seconds = seconds
        self._start = seconds()
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        if self._seconds() - self._start > PATIENCE and self._stream.isatty():
            filled = "#" * (_WIDTH * done // total)
            self._write(f"{_ERASE}{self._label} [{filled:<{_WIDTH}}] {done:,} of {total:,}")
            self._drawn = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn:
            self._write(_ERASE)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
