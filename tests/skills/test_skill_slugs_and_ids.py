"""Slugs and ids: pure functions of a name, and of a clock and chance."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.skills.controller import new_id

if TYPE_CHECKING:
    from conftest import Clock

SKILL_ID = re.compile("skl-[0-7][0-9a-hjkmnp-tv-z]{25}")


def test_ids_of_one_millisecond_differ(clock: Clock) -> None:
    """Eighty bits are random, whatever the clock says."""
    assert len({new_id("skl", clock) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_an_id_is_valid_at_any_instant_a_clock_can_show(year: int, clock: Clock) -> None:
    """Instants before 1970 have no ULID of their own and get the first."""
    clock.instant = dt.datetime(year, 12, 31, tzinfo=dt.UTC)
    assert SKILL_ID.fullmatch(new_id("skl", clock))
