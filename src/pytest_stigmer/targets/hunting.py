"""Same-second histories on a server whose clock is not ours: wait for a second, then prove it.

The scenario's clock exists in the scenario alone. Pushes that it puts into one second are sent in a
burst that starts with a second of the server; whether they stayed in it is read from the server's
answers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from time import sleep
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import DEFAULT_START, moved, parse_instant
from pytest_stigmer.scenario.target import Inconclusive, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.scenario.target import Answer

_SECOND = dt.timedelta(seconds=1)
_NANOSECONDS = 1_000_000_000
_LATEST_START = _NANOSECONDS // 5
"""How far into a second a burst may start, in nanoseconds."""
_MARGIN = _NANOSECONDS // 50


class Hunt:
    """Keeps the scenario's time and the server's side by side.

    `probe` pushes something and returns when the server says that it did, in nanoseconds since the
    Unix epoch; `wait` sleeps, in seconds. Every archive of the server lies between the time that
    its own push was answered with and that of the next push.
    """

    def __init__(self, probe: Callable[[], int], wait: Callable[[float], None] = sleep) -> None:
        self._probe = probe
        self._wait = wait
        self.now = parse_instant(DEFAULT_START)
        self._earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._burst: list[int] = []
        self._proved = 0
        self._last = 0

    def set_clock(self, instant: str) -> None:
        """Go to an instant; Unsupported when it is earlier than an archive, or in a past burst."""
        self._go(parse_instant(instant))

    def advance(self, duration: str) -> None:
        """Go on by a duration; Unsupported when it leads to where `set_clock` cannot go."""
        self._go(moved(self.now, duration))

    def before_push(self) -> None:
        """Wait for a second of the server's when a burst begins."""
        if self._burst:
            return
        now = self._probe()
        if now % _NANOSECONDS > _LATEST_START or now // _NANOSECONDS == self._last // _NANOSECONDS:
            self._wait((_NANOSECONDS - now % _NANOSECONDS + _MARGIN) / _NANOSECONDS)

    def pushed(self, at: int) -> None:
        """Note the server's time of a push; Inconclusive when it is not after the last burst's."""
        if at // _NANOSECONDS <= self._last // _NANOSECONDS and not self._burst:
            raise Inconclusive(f"the server's clock did not go on to another second: {_text(at)}")
        self._burst.append(at)
        self._earliest = self.now

    def prove(self) -> None:
        """Show that the archives of the burst shared a second, or raise Inconclusive."""
        if len(self._burst) == self._proved:
            return
        first, self._last = self._burst[0], self._probe()
        if len(self._burst) > 1 and first // _NANOSECONDS != self._last // _NANOSECONDS:
            raise Inconclusive(
                f"{len(self._burst)} archives should share a second, but the server's clock went "
                f"from {_text(first)} to {_text(self._last)} meanwhile: run it again"
            )
        self._proved = len(self._burst)

    def _go(self, instant: dt.datetime) -> None:
        if instant < self._earliest:
            raise Unsupported("the clock of this server cannot be set back")
        if self._burst and instant - self._earliest.replace(microsecond=0) >= _SECOND:
            self.prove()
            self._burst, self._proved = [], 0
            self._earliest = self._earliest.replace(microsecond=0) + _SECOND
        self.now = instant


class ScenarioTimes:
    """Puts the scenario's instants into answers, in the place of the server's own."""

    def __init__(self) -> None:
        self._instants: dict[str, str] = {}

    def learn(self, answer: Any, instant: dt.datetime) -> None:
        """Take every time in a push's answer that was not seen before for this instant."""
        for text in _times(answer):
            self._instants.setdefault(text, _json_text(instant))

    def read(self, answer: Answer) -> Answer:
        """Return an answer with the times that are known put in, and what stood there."""
        replaced: list[tuple[str, str]] = []
        value = self._read(answer.value, (), replaced)
        return replace(answer, value=value, server_times=tuple(replaced))

    def _read(self, value: Any, path: tuple[str, ...], replaced: list[tuple[str, str]]) -> Any:
        if isinstance(value, dict):
            return {name: self._read(one, (*path, name), replaced) for name, one in value.items()}
        if isinstance(value, list):
            return [self._read(one, (*path, str(n)), replaced) for n, one in enumerate(value)]
        if not isinstance(value, str) or value not in self._instants:
            return value
        replaced.append((".".join(path), value))
        return self._instants[value]


def _times(answer: Any) -> list[str]:
    audits = ((answer.get("status") or {}).get("audit") or {}).values()
    names = ("created_at", "updated_at")
    return [audit[name] for audit in audits if audit for name in names if audit[name]]


def _json_text(instant: dt.datetime) -> str:
    """Write an instant as protobuf's JSON does: no fraction, milliseconds, or microseconds."""
    spec = "seconds"
    if instant.microsecond:
        spec = "microseconds" if instant.microsecond % 1000 else "milliseconds"
    return instant.isoformat(timespec=spec).replace("+00:00", "Z")


def _text(at: int) -> str:
    return dt.datetime.fromtimestamp(at / _NANOSECONDS, dt.UTC).isoformat(timespec="milliseconds")
