"""The coherence probe: every source of time against the frozen clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.clock import python_disagreements
from pytest_stigmer.errors import ClockIncoherent

if TYPE_CHECKING:
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.store.sqlite import SqliteStore


def probe(clock: FrozenClock, store: SqliteStore | None = None) -> None:
    """Raise ClockIncoherent, naming each source, when Python or the store tell another time."""
    lines = python_disagreements(clock.now())
    if store is not None:
        from pytest_stigmer.store.clock_functions import disagreements

        lines += disagreements(store.connection, clock)
    if lines:
        raise ClockIncoherent.disagreeing(lines)
