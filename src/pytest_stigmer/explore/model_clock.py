"""The clock of the models."""

from __future__ import annotations

import datetime as dt

from pytest_stigmer.clock import DEFAULT_START, moved, parse_instant


class ModelClock:
    """A clock that freezes nothing and is moved by the verbs of a scenario."""

    def __init__(self) -> None:
        self._instant = parse_instant(DEFAULT_START)

    def now(self) -> dt.datetime:
        """Return the instant it was moved to."""
        return self._instant

    def advance(self, duration: str) -> None:
        """Move by a duration such as `-300ms`."""
        self._instant = moved(self._instant, duration)

    def move_to(self, instant: str) -> None:
        """Move to an instant."""
        self._instant = parse_instant(instant)
