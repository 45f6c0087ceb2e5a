"""What a disputed point leaves open is told of others' registries, and red on ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from pytest_stigmer.errors import UsageError
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.factories.bad_artifacts import ODD_ARCHIVES
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.scenario.disputed import POINTS, otherwise, points_of
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.schema_file import _LANGUAGE_PATH
from pytest_stigmer.scenario.shipped import known_scenarios

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.scenario.model import Scenario

OF_REFERENCES = {
    "hash_in_capitals_is_refused",
    "organization_needs_org",
    "reference_to_no_skill_is_refused",
    "bare_reference_finds_the_only_one",
    "ambiguity_is_told",
    "unspecified_scope_stays",
}
"""The points in which the model of the skill API can take the other side, seen by its callers."""


def asked(scenario: Scenario, api: Generation, points: set[str], *, is_ours: bool) -> Status:
    """Run a scenario on a model that takes the other side of points; tell how it ends."""
    target = ModelTarget(Factory(0, "disputed", api), api, otherwise=frozenset(points))
    target.is_ours = is_ours
    outcome = run(scenario, target)
    assert bool(points_of(outcome)) <= (not is_ours)
    return outcome.status


def scenarios(*, marked: bool = False) -> list[Scenario]:
    """Return the shipped scenarios, or those that a step of which is marked as disputed."""
    found = [case for path in known_scenarios() for case in load_scenario(path).expanded()]
    return [one for one in found if not marked or any(s.disputed for s in one.all_steps())]


@pytest.mark.parametrize("point", sorted(OF_REFERENCES))
def test_other_side_of_a_point_is_red_on_our_registries_alone(point: str, api: Generation) -> None:
    """The scenarios about a point are green where others take the other side, and red on ours."""
    about = [
        one
        for one in scenarios(marked=True)
        if any(step.disputed and step.disputed.point == point for step in one.all_steps())
    ]
    assert about
    for one in about:
        assert asked(one, api, {point}, is_ours=False) is Status.PASSED, one.label
        assert asked(one, api, {point}, is_ours=True) is Status.FAILED, one.label


@pytest.mark.soak
@pytest.mark.parametrize("point", sorted(OF_REFERENCES))
def test_no_scenario_accuses_the_other_side_of_a_point(point: str, api: Generation) -> None:
    """Whatever a scenario is about, a registry that takes the other side of a point keeps it."""
    reds = [
        one.label
        for one in scenarios()
        if asked(one, api, {point}, is_ours=False) is not Status.PASSED
    ]
    assert reds == []


def test_answer_of_neither_side_is_red_everywhere(api: Generation) -> None:
    """A disputed step forgives what the point says and nothing else."""
    about = [one for one in scenarios(marked=True) if one.name == "references_hold_scope_and_kind"]

    class Finding(ModelTarget):
        is_ours = False

        def perform(self, verb: str, arguments: dict[str, object]) -> object:  # type: ignore[override]
            given = {key: value for key, value in arguments.items() if key != "scope"}
            return super().perform(verb, given if arguments.get("scope") else arguments)

    outcome = run(about[0], Finding(Factory(0, "disputed", api), api))  # type: ignore[arg-type]
    reds = [performed.sent.get("scope") for performed in outcome.reds]
    assert "organization" in reds
    assert points_of(outcome) == []


def test_flaws_that_are_disputed_are_those_that_scenarios_mark() -> None:
    """The explorer forgives others what the promises forgive them, and nothing more."""
    marked = {
        resolve(step.arguments["artifact"]["bad"], {"case": one.case})
        for one in scenarios(marked=True)
        for step in one.all_steps()
        if step.disputed
        and step.disputed.point == "odd_archives_are_refused"
        and "artifact" in step.arguments
    }
    assert marked == ODD_ARCHIVES


def test_words_of_the_language_are_the_points() -> None:
    """What a step may name is what is in the list."""
    words = yaml.safe_load(_LANGUAGE_PATH.read_text(encoding="utf-8"))["words"]["disputed"]
    assert words == list(POINTS)


def test_unknown_point_is_told_with_the_nearest() -> None:
    """A word that is no point names the one that was meant."""
    with pytest.raises(UsageError, match="ambiguity_is_told"):
        otherwise(["ambiguity_is_tol"])
