"""Slugs and ids: pure functions of a name, and of a clock and chance."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.skills.controller import new_id, slug_of

if TYPE_CHECKING:
    from conftest import Clock

SKILL_ID = re.compile("skl-[0-7][0-9a-hjkmnp-tv-z]{25}")


def test_a_slug_is_its_own_slug() -> None:
    """Making a slug of a slug changes nothing."""
    slugs = [slug_of(name) for name in ("My Cool Agent", " - A -- B_- ", "C++", "日本語", "a" * 96)]
    assert slugs == ["my-cool-agent", "a-b", "c", "", "a" * 96]
    assert [slug_of(slug) for slug in slugs] == slugs


def test_an_id_has_the_form_of_the_real_server(clock: Clock) -> None:
    """A prefix, a hyphen and 26 digits of Crockford's base 32 in lower case."""
    assert SKILL_ID.fullmatch(new_id("skl", clock))


def test_the_first_ten_digits_of_an_id_tell_the_millisecond(clock: Clock) -> None:
    """They are the clock's instant, cut to milliseconds."""
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    value = 0
    for digit in new_id("skl", clock).removeprefix("skl-")[:10]:
        value = value * 32 + digits.index(digit)
    assert value == 1_769_335_200_100


def test_ids_of_one_millisecond_differ(clock: Clock) -> None:
    """Eighty bits are random, whatever the clock says."""
    assert len({new_id("skl", clock) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_an_id_is_valid_at_any_instant_a_clock_can_show(year: int, clock: Clock) -> None:
    """Instants before 1970 have no ULID of their own and get the first."""
    clock.instant = dt.datetime(year, 12, 31, tzinfo=dt.UTC)
    assert SKILL_ID.fullmatch(new_id("skl", clock))
