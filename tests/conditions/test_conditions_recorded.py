"""What each condition shows of the catalogue is as it was recorded."""

from __future__ import annotations

import json

import pytest
from tests.conditions.condition_report import SCENARIOS, SNAPSHOT, shown

from pytest_stigmer.conditions.choice import DEFAULT
from pytest_stigmer.defects.catalogue import catalogue

RECORDED: dict[str, dict[str, str]] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
SAMPLE = ("first-save-wins", "answers-are-lent", "records-are-kept-by-the-process")


def test_a_sample_of_what_conditions_show_is_as_recorded() -> None:
    """What a plain run shows is not told; what it masks is told with each condition that shows."""
    expected = {name: told for name, told in RECORDED[SCENARIOS[0]].items() if name in SAMPLE}
    assert shown(SCENARIOS[0], SAMPLE) == expected
    assert len(expected) == 2


@pytest.mark.soak
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_conditions_show_is_as_recorded(scenario: str) -> None:
    """For every defect of the catalogue; where that was meant, record it anew and read the diff."""
    assert shown(scenario, catalogue()) == RECORDED[scenario]


def test_the_default_shows_nearly_all_that_any_condition_shows() -> None:
    """Nine in ten of what the plain runs mask; the rest needs a condition that is dear."""
    told = [set(names.split(", ")) for defects in RECORDED.values() for names in defects.values()]
    assert sum(not names.isdisjoint(DEFAULT) for names in told) > 0.9 * len(told)
