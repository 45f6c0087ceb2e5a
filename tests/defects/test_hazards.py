"""Every known hazard is in the catalogue, or it is said why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.defects.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = re.compile(r"\bD\d+\b")
OTHER_ORIGINS = re.compile(
    r"fix [0-9a-f]{7}|commit [0-9a-f]{7}|stigmer b070f18|schema v3 idea|Test[A-Z]\w+ of b070f18"
)


@pytest.fixture
def table(names: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Give the table of hazards."""
    return names("hazards.py")


def standing_for() -> dict[str, list[str]]:
    """Return the ids of the defects that name each hazard."""
    found: dict[str, list[str]] = {}
    for defect in catalogue().values():
        for number in NUMBER.findall(defect.origin):
            found.setdefault(number, []).append(defect.id)
    return found


@pytest.mark.parametrize("part", ["STORE", "API", "ELSEWHERE"])
def test_every_hazard_has_a_defect_or_a_reason(table: dict[str, Any], part: str) -> None:
    """A hazard without a defect says why, and one with a defect has nothing to say."""
    shown = standing_for()
    unheld = [n for n in table[part] if n not in shown and n not in table["WITHOUT_DEFECT"]]
    excused = [n for n in table[part] if n in shown and n in table["WITHOUT_DEFECT"]]
    assert (unheld, excused) == ([], [])


def test_every_origin_is_a_known_hazard_or_change(table: dict[str, Any]) -> None:
    """An origin names a hazard of the table, a commit, a test or source file, or a schema idea."""
    known = {*table["STORE"], *table["API"], *table["ELSEWHERE"]}
    assert set(table["WITHOUT_DEFECT"]) <= known
    astray = {
        defect.id: defect.origin
        for defect in catalogue().values()
        if not (NUMBER.findall(defect.origin) or OTHER_ORIGINS.search(defect.origin))
        or not set(NUMBER.findall(defect.origin)) <= known
    }
    assert astray == {}
