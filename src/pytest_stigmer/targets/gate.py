"""Lets calls of several callers leave at one moment, however long each took to be made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError, get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stigmer.skills.endpoint import Transport

_PATIENCE = 5.0
"""How long callers wait for one that may never come, in seconds."""


class Gate:
    """A transport that can hold the first call of each caller until all have one."""

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier
        self._barrier: Barrier | None = None
        self._passed: set[int] = set()

    @contextmanager
    def holding(self, callers: int) -> Iterator[None]:
        """Hold calls in the block until so many threads have made their first one."""
        self._barrier, self._passed = Barrier(callers, timeout=_PATIENCE), set()
        try:
            yield
        finally:
            self._barrier = None

    def call(self, method: str, request: bytes) -> bytes:
        """Make one call, when it is time."""
        barrier, thread = self._barrier, get_ident()
        if barrier is not None and thread not in self._passed:
            self._passed.add(thread)
            with suppress(BrokenBarrierError):
                barrier.wait()
        return self._carrier.call(method, request)
