"""The one clock: what time it is, and how a frozen clock is moved.

Python's clock is the single source of truth. A frozen clock freezes Python (freezegun); stores, the
skill API and the service ask `SystemClock`, which reads Python's clock, whichever tool froze it.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, Self

from pytest_stigmer.errors import ClockIncoherent

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from pytest_stigmer.freezing import Bindings

DEFAULT_START = "2026-01-25T10:00:00Z"
"""Where a frozen clock starts unless told otherwise."""

_UNITS = {
    "us": dt.timedelta(microseconds=1),
    "ms": dt.timedelta(milliseconds=1),
    "s": dt.timedelta(seconds=1),
    "m": dt.timedelta(minutes=1),
    "h": dt.timedelta(hours=1),
    "d": dt.timedelta(days=1),
}
_MICROSECOND = 1e-6
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)")
_DURATION = re.compile(rf"([+-]?)((?:{_PART.pattern})+)", re.ASCII)

# These keep the real time: gRPC and subprocess compute deadlines from it, pytest its durations.
_REAL_TIME_MODULES = ["grpc", "_pytest.timing", "subprocess"]


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> dt.datetime:
        """Return the current instant, aware, in UTC."""


class SystemClock:
    """Python's own clock, frozen or not."""

    def now(self) -> dt.datetime:
        """Return the current instant, aware, in UTC, to the microsecond.

        The `tz_offset` of a user's freeze_time, which moves what is asked for in UTC too, is taken
        off again. `time.time()` is no way around it: in raw threads freezegun leaves it running.
        """
        now = dt.datetime.now(dt.UTC)
        offset = getattr(dt.datetime, "_tz_offset", dt.timedelta)()
        return now - offset if offset else now


class PausableClock:
    """A clock that can be stopped for a while, for whoever asks in the same thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paused = threading.local()

    def now(self) -> dt.datetime:
        """Return the instant of the pause, else the clock's."""
        return getattr(self._paused, "instant", None) or self._clock.now()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Read the clock once, for all that happens within the block."""
        before = getattr(self._paused, "instant", None)
        self._paused.instant = self.now()
        try:
            yield
        finally:
            self._paused.instant = before


def parse_duration(text: str | dt.timedelta) -> dt.timedelta:
    """Read a duration such as `300ms`, `-1h` or `1m30s`; a timedelta is returned as it is.

    Units are us, ms, s, m, h and d. Raises ValueError for anything else.
    """
    if isinstance(text, dt.timedelta):
        return text
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        msg = f"{text!r} is not a duration; write number and unit (us ms s m h d): 300ms, -1h"
        raise ValueError(msg)
    try:
        parts = [float(number) * _UNITS[unit] for number, unit in _PART.findall(match[2])]
        length = sum(parts, start=dt.timedelta())
        return -length if match[1] == "-" else length
    except OverflowError:
        raise ValueError(f"{text!r} is longer than {dt.timedelta.max.days} days") from None


def moved(instant: dt.datetime, duration: str | dt.timedelta) -> dt.datetime:
    """Return the instant that lies a duration after another, or before it.

    Raises ValueError for what is no duration and for one that leaves the calendar.
    """
    length = parse_duration(duration)
    try:
        return instant + length
    except OverflowError:
        msg = f"{duration!s} from {instant} leads outside the years 1 to 9999; move by less"
        raise ValueError(msg) from None


def parse_instant(text: str | dt.datetime) -> dt.datetime:
    """Read an ISO 8601 instant with a zone, such as `2026-01-25T10:00:00.100Z`, into UTC.

    Raises ValueError for another form or an instant without a zone.
    """
    if isinstance(text, dt.datetime):
        instant = text
    else:
        try:
            instant = dt.datetime.fromisoformat(text)
        except (TypeError, ValueError):
            msg = f"{text!r} is not an instant; write it as 2026-01-25T10:00:00.100Z"
            raise ValueError(msg) from None
    if instant.tzinfo is None:
        msg = f"{text!s} has no time zone; end it with Z, as in 2026-01-25T10:00:00.100Z"
        raise ValueError(msg)
    try:
        return instant.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(f"{text!s} is outside the years 1 to 9999 in UTC") from None


def stopwatch(_seconds: Callable[[], float] = time.monotonic) -> float:
    """Return seconds that pass whatever is frozen; only a difference of two answers has a meaning.

    A default is bound once: freezegun, which replaces the names of modules, does not reach it.
    """
    return _seconds()


class Followers(Protocol):
    """What lets SQLite connections of a user's own follow Python's clock."""

    bindings: Bindings | None

    def start(self) -> None:
        """Begin with the connections that are opened from now on."""

    def stop(self) -> None:
        """Leave alone what is opened later."""

    def follow(self, connection: Any) -> None:
        """Let one connection follow."""

    def disagreements(self, connections: Any, clock: Clock) -> list[str]:
        """Name the connections that tell another time."""


class FrozenClock:
    """A clock that stands still until it is moved; it is one, and freezes Python, within `with`.

    `sqlite` lets connections of a user's own follow; the fixtures give it.
    """

    def __init__(
        self, start: str | dt.datetime = DEFAULT_START, *, sqlite: Followers | None = None
    ) -> None:
        self._start = self._instant = parse_instant(start)
        self._sqlite = sqlite
        self._freezer: Any = None
        self._frozen: Any = None

    def __enter__(self) -> Self:
        """Freeze Python's clock at the start instant, or at the last one of an earlier `with`."""
        from pytest_stigmer.freezing import Freezer

        if self._freezer is not None:
            raise ClockIncoherent.frozen_already()
        self._freezer = Freezer(
            self._instant,
            list(_REAL_TIME_MODULES),
            self._sqlite.bindings if self._sqlite else None,
        )
        self._frozen = self._freezer.start()
        if self._sqlite:
            self._sqlite.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give Python its own clock back."""
        if self._sqlite:
            self._sqlite.stop()
        self._freezer.stop()
        self._freezer = None

    def now(self) -> dt.datetime:
        """Return the instant the clock stands at, aware, in UTC."""
        self._check()
        return self._instant

    def advance(self, duration: str | dt.timedelta) -> dt.datetime:
        """Move by a duration (`"300ms"`, `"-1h"` or a timedelta) and return the new instant."""
        return self._move(moved(self._instant, duration))

    def move_to(self, instant: str | dt.datetime) -> dt.datetime:
        """Move to an instant, earlier or later, and return it."""
        return self._move(parse_instant(instant))

    def follow(self, connection: sqlite3.Connection) -> None:
        """Let a SQLite connection that was opened before the clock froze follow it.

        Raises TypeError for what is no connection of `sqlite3`, ClockIncoherent for one that cannot
        follow and for a clock of no fixture.
        """
        self._followers().follow(connection)

    def probe(self, *connections: Any) -> None:
        """Compare every source of time, these connections included, of whatever library.

        Raises ClockIncoherent, which names each that disagrees, and each connection opened
        meanwhile that cannot follow.
        """
        now = self.now()
        lines = python_disagreements(now) + self._followers().disagreements(connections, self)
        if lines:
            raise ClockIncoherent.disagreeing(lines)

    def _followers(self) -> Followers:
        if self._sqlite is None:
            raise ClockIncoherent.without_sqlite()
        return self._sqlite

    def reset(self) -> dt.datetime:
        """Move back to where the clock started, and return that instant."""
        return self._move(self._start)

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Move back after the block to where the clock stood before it, if it was moved."""
        before = self._instant
        try:
            yield
        finally:
            if self._instant != before:
                self._move(before)

    def _move(self, instant: dt.datetime) -> dt.datetime:
        self._check()
        self._frozen.move_to(instant)
        self._instant = instant
        return instant

    def _check(self) -> None:
        if self._freezer is None:
            raise ClockIncoherent.not_frozen()
        found = SystemClock().now()
        if found != self._instant:
            raise ClockIncoherent.taken_over(self._instant, found)


def _utcnow() -> dt.datetime:
    """Ask the one that Python has deprecated and that others still ask."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return dt.datetime.utcnow()  # noqa: DTZ003


def python_disagreements(expected: dt.datetime) -> list[str]:
    """Compare Python's sources of time with `expected`; one line for each that differs."""
    seconds = expected.timestamp()
    found = {
        "datetime.now(UTC)": dt.datetime.now(dt.UTC).timestamp(),
        "datetime.utcnow()": _utcnow().replace(tzinfo=dt.UTC).timestamp(),
        "time.time()": time.time(),
        "time.time_ns()": time.time_ns() / 1e9,
    }
    return [
        f"{name} says {value:.6f}, the clock says {seconds:.6f}"
        for name, value in found.items()
        if abs(value - seconds) > _MICROSECOND
    ]
