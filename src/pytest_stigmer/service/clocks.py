"""A registry's own clock: it runs with the system's until it is stopped at an instant."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pytest_stigmer.clock import SystemClock, moved, parse_duration, parse_instant
from pytest_stigmer.errors import ClockIncoherent

if TYPE_CHECKING:
    import datetime as dt


class StoppableClock:
    """Moved by remote clients, so any thread may; Python's own clock is left alone.

    One process serves many registries, each with a clock of this sort.
    """

    def __init__(self, start: str = "") -> None:
        self._lock = threading.Lock()
        self._stopped: dt.datetime | None = None
        self.set(start)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._stopped is not None

    def now(self) -> dt.datetime:
        """Return the current instant, aware, in UTC."""
        return self._stopped or SystemClock().now()

    def set(self, instant: str) -> None:
        """Stop at an instant such as `2026-01-25T10:00:00.100Z`; '' runs on with the system."""
        stopped = parse_instant(instant) if instant else None
        with self._lock:
            self._stopped = stopped

    def advance(self, duration: str) -> None:
        """Move by a duration such as `300ms`; raise ClockIncoherent while the clock runs.

        ValueError for text that is no duration and for one that leads out of the calendar.
        """
        parse_duration(duration)  # what is no duration is refused by any clock
        with self._lock:
            if self._stopped is None:
                raise ClockIncoherent.running()
            self._stopped = moved(self._stopped, duration)
