"""Calls go through side by side; what changes a whole registry goes through alone."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gate:
    """Keeps calls and changes of the whole registry apart; nobody is refused, all wait.

    A change goes before the calls that come after it. A block must not enter the gate again: it
    would wait for itself.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the gate together with other calls."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the gate once the calls under way have ended; later ones wait for the end."""
        with self._turn:
            try:
                self._close()
                yield
            finally:
                self._open()

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)

    def _open(self) -> None:
        with self._changed:
            self._closed = False
            self._changed.notify_all()
