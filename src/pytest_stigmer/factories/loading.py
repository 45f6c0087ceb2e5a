"""From a history to a store, in one transaction, with a progress bar for a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol, Self

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.factories.audit_history import History
from pytest_stigmer.store import bulk
from pytest_stigmer.store.sqlite import SqliteStore

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

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            self._write(_ERASE)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def load_history(store: SqliteStore, history: History, *, stream: Stream | None = None) -> None:
    """Write the audit rows and the live rows of a history, all of them or none.

    A progress bar shows on `stream` (default: standard error) when it is a terminal and loading
    takes over a second.
    """
    with store.transaction(), ProgressBar("loading audit history", stream) as progress:
        bulk.load_resources(store, history.live)
        bulk.load_history(store, history.rows, progress)
