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
SLUGS = [
    ("My Cool Agent", "my-cool-agent"),
    ("MY-COOL-AGENT", "my-cool-agent"),
    ("my   cool   agent", "my-cool-agent"),
    ("Agent@123!", "agent123"),
    ("Email_Tool", "emailtool"),
    ("org/Calc.v2", "orgcalcv2"),
    (" - A -- B_- ", "a-b"),
    ("---hyphens---", "hyphens"),
    ("multiple---hyphens", "multiple-hyphens"),
    ("Café Münster", "caf-mnster"),
    ("tab\tinside", "tabinside"),
    ("no\u00a0break", "nobreak"),
    ("line\nbreak", "linebreak"),
    ("C++", "c"),
    ("C", "c"),
    ("\u212a", "k"),
    ("İstanbul", "istanbul"),
    ("日本語", ""),
    ("ß", ""),
    ("Ａ１", ""),  # noqa: RUF001
    ("!!!", ""),
    ("...", ""),
    ("---", ""),
    ("   ", ""),
    ("", ""),
    ("a" * 96, "a" * 96),
]


@pytest.mark.parametrize(("name", "slug"), SLUGS)
def test_a_slug_is_what_the_real_server_makes_of_the_name(name: str, slug: str) -> None:
    """Lower case, hyphens for spaces, ASCII letters and digits only, no length cut."""
    assert slug_of(name) == slug


def test_a_slug_is_its_own_slug() -> None:
    """Making a slug of a slug changes nothing."""
    assert [slug_of(slug) for _, slug in SLUGS] == [slug for _, slug in SLUGS]


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
