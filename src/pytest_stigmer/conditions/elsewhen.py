"""Another time, and another place."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import ClassVar

from pytest_stigmer.clock import DEFAULT_START, parse_instant
from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.rewriting import rewritten_steps, texts_with_keys
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.target import Unsupported
from pytest_stigmer.store.template import seconds_text

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_STORED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


class Elsewhen(Condition):
    """Lets a scenario happen at another time: what it says of instants moves with its clock.

    `start` is where its clock starts; without a fraction it keeps the scenario's own, so that what
    lay within one second still does. `zone` is where the process lives.
    """

    why = "A registry keeps time in UTC, and no day, year or place is special to it."
    needs = frozenset({"clock", "faults"})
    start: ClassVar[str]
    zone: ClassVar[str] = "UTC"

    @classmethod
    def rewritten(cls, scenario: Scenario, seed: int) -> Scenario:
        """Move the clock and every instant by the same length."""
        del seed
        old = parse_instant(scenario.clock or DEFAULT_START)
        new = cls._start(old)
        length = new - old
        seconds = new.replace(microsecond=0) - old.replace(microsecond=0)

        def moved(key: str, text: str) -> str:
            del key
            text = _INSTANT.sub(lambda found: _written(parse_instant(found[0]) + length), text)
            return _STORED.sub(
                lambda found: seconds_text(parse_instant(f"{found[0]}Z") + seconds), text
            )

        try:
            return replace(rewritten_steps(scenario, moved), clock=_written(new))
        except OverflowError:  # it is about the end of the calendar
            return scenario

    @classmethod
    def _start(cls, old: dt.datetime) -> dt.datetime:
        new = parse_instant(cls.start)
        return new if "." in cls.start else new.replace(microsecond=old.microsecond)

    def begin(self) -> None:
        """Go to the other place."""
        if "." in self.start and any(
            _STORED.search(text) for _, text in texts_with_keys(self.scenario)
        ):
            raise Unsupported(
                "the scenario says which second is stored, which depends on fractions"
            )
        self.own("set_timezone", zone=self.zone)


class EndOfYear(Elsewhen):
    """The last second of a year, where it is the next one already."""

    name = "elsewhen-new-year"
    start = "2027-12-31T23:59:59Z"
    zone = "Pacific/Auckland"


class EndOfTime(Elsewhen):
    """The first second that 32 bits cannot count, half an hour off the full one."""

    name = "elsewhen-2038"
    start = "2038-01-19T03:14:08Z"
    zone = "Asia/Kolkata"


class BeforeTime(Elsewhen):
    """The last second before Unix time began."""

    name = "elsewhen-1969"
    start = "1969-12-31T23:59:59Z"
    zone = "America/New_York"


class SummerTime(Elsewhen):
    """The second before summer time ends, whose hour comes twice."""

    name = "elsewhen-summer-time"
    start = "2026-10-25T00:59:59Z"
    zone = "Europe/Berlin"


class FullSecond(Elsewhen):
    """A full second."""

    name = "elsewhen-full-second"
    start = "2026-01-25T10:00:00.000Z"


class LastMoment(Elsewhen):
    """The last moment of a second: what lay within one does so no more."""

    name = "elsewhen-9999"
    start = "2026-01-25T10:00:00.999900Z"


ELSEWHEN = (EndOfYear, EndOfTime, BeforeTime, SummerTime, FullSecond, LastMoment)
"""All of them."""


def _written(instant: dt.datetime) -> str:
    """Write an instant as protobuf does: with no, three or six digits of a second."""
    text = instant.isoformat(timespec="microseconds").replace("+00:00", "")
    return text.removesuffix("000").removesuffix(".000") + "Z"
