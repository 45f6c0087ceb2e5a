"""The likely defects of a registry: the fewest that explain its red steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.prove.diagnosis import Asked, Red, diagnose
from pytest_stigmer.scenario.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    Shown = Mapping[tuple[str, str], str]
    """By defect and scenario (or `scenario/cell`), the numbers of the red steps."""

WIDE = {("wide", "tags"): "12", ("wide", "hashes"): "1"}
NARROW = {("narrow", "tags"): "1"}


def asked(
    name: str, reds: str = "", *, cell: str = "v2", matrix: str | None = None, case: str = ""
) -> Asked:
    """Return what a target answered of a scenario, or of one of its two cases `a` and `b`."""
    under = {"crowded": ("crowded-only",)} if name == "tags" else {}
    scenario = Scenario(
        title=name,
        path=Path(f"{name}.scenario.yaml"),
        line=1,
        steps=(),
        detects=("wide", "narrow", "twin"),
        detects_under=under,
        matrix=matrix,
        cases=({"case": "a"}, {"case": "b"}) if case else (),
        case={"case": case} if case else None,
    )
    return Asked(scenario, cell, frozenset(reds))


def told(shown: Shown, *answers: Asked) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Return defect, others that fit and red steps of each cause, where defects show so."""

    def reds_under(defect: str, scenario: Scenario, cell: str) -> frozenset[str]:
        place = scenario.key if cell == "v2" else f"{scenario.key}/{cell}"
        return frozenset(shown.get((defect, place), ""))

    causes = diagnose(answers, reds_under)
    return [
        (cause.defect, cause.instead, [f"{red.place} {red.step}" for red in cause.reds])
        for cause in causes
    ]


def test_one_defect_that_explains_all_is_named_before_two() -> None:
    """The fewest defects are named, with the steps that each explains."""
    found = told(WIDE | NARROW, asked("tags", "12"), asked("hashes", "1"))
    assert found == [("wide", (), ["hashes 1", "tags 1", "tags 2"])]


def test_two_defects_are_named_where_one_is_not_enough() -> None:
    """Each stands with its own steps, the one that explains more first."""
    found = told(
        {**WIDE, ("twin", "ids"): "1"}, *(asked(n, "1") for n in ("tags", "hashes", "ids"))
    )
    assert [(defect, reds) for defect, _, reds in found] == [
        ("wide", ["hashes 1", "tags 1"]),
        ("twin", ["ids 1"]),
    ]


def test_a_defect_that_a_green_scenario_claims_is_not_there() -> None:
    """What would have turned a green scenario red explains nothing; what is left is unknown."""
    assert told(WIDE, asked("tags", "1"), asked("hashes")) == [("", (), ["tags 1"])]


def test_a_defect_that_would_turn_a_green_case_red_is_not_there() -> None:
    """The claims of a scenario are of all its cases; each case answers for itself."""
    cases = (asked("tags", "1", case="a"), asked("tags", case="b"))
    shown = {("wide", "tags[a]"): "1", ("wide", "tags[b]"): "1", ("twin", "tags[a]"): "1"}
    assert told(shown, *cases) == [("twin", (), ["tags[a] 1"])]


def test_a_plan_that_masks_a_defect_clears_nobody() -> None:
    """A claim that the real schema's plan does not show says nothing when it is green."""
    answers = (asked("tags", "1"), asked("orders", matrix="plans"))
    assert told(NARROW, *answers)[0][0] == "narrow"
    assert told({**NARROW, ("narrow", "orders"): "1"}, *answers)[0][0] == ""


def test_what_fits_as_well_is_named_beside_it() -> None:
    """The one that would turn the fewest others red comes first."""
    shown = {("narrow", "tags"): "12", ("twin", "tags"): "1", ("wide", "tags"): "1"}
    assert told(shown, asked("tags", "1")) == [("twin", ("wide", "narrow"), ["tags 1"])]


def test_a_red_that_only_a_condition_shows_is_explained_under_it() -> None:
    """What is red without one too is told once."""
    shown = {**NARROW, ("narrow", "tags/crowded"): "1", ("crowded-only", "tags/crowded"): "2"}
    found = told(shown, asked("tags", "1"), asked("tags", "12", cell="crowded"))
    assert found == [
        ("crowded-only", (), ["tags under crowded 2"]),
        ("narrow", (), ["tags 1"]),
    ]


def test_nothing_is_run_where_nothing_is_red() -> None:
    """A green run costs no run of ours."""
    assert diagnose([asked("tags")], lambda *_: pytest.fail("ran")) == []


def test_what_is_red_without_a_condition_is_not_run_under_one() -> None:
    """A condition costs runs only where it shows something of its own."""
    cells = []

    def reds_under(defect: str, scenario: Scenario, cell: str) -> frozenset[str]:
        del defect, scenario
        cells.append(cell)
        return frozenset("1")

    diagnose([asked("tags", "1"), asked("tags", "1", cell="crowded")], reds_under)
    assert set(cells) == {"v2"}


def test_a_red_says_where_it_is() -> None:
    """A condition is named, the real schema is not."""
    assert [Red("tags", cell, "1").place for cell in ("v2", "warm")] == ["tags", "tags under warm"]
