"""A proof leaves out the runs that cannot show, and says the same as if it made them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.defects.catalogue import DISTRIBUTION, catalogue, recipe_with
from pytest_stigmer.harness.runs import frozen, scratch_target
from pytest_stigmer.prove.prover import Prover
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.runner import Outcome, Status, run
from pytest_stigmer.scenario.shipped import scenario_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario

OURS = sorted(set(catalogue()) - set(catalogue().of_others(DISTRIBUTION)))


@pytest.mark.parametrize(
    ("name", "most"),
    [("lifecycle/equal_records", 50), ("flows/update_keeps_access", 200)],
)
def test_a_defect_that_is_not_met_is_not_run(
    name: str, most: int, status_on: Callable[[Recipe, Path], str]
) -> None:
    """What is left out would have ended as the reference does."""
    path = scenario_folder() / f"{name}.scenario.yaml"
    runs = []

    def run_on(case: Scenario, recipe: Recipe, cell: str, defect: str | None) -> Outcome:
        runs.append((cell, defect))
        return Outcome(case, "local", Status(status_on(recipe, path)))

    prover = Prover(load(path), run_on)
    assert prover.run(None, "v2").status == "passed"
    told = {defect: prover.run(defect, "v2").status.value for defect in OURS}
    assert len(runs) <= most
    assert told == {defect: status_on(recipe_with(defect), path) for defect in OURS}


def test_a_defect_is_run_in_the_cases_that_meet_it_alone(session: HarnessSession) -> None:
    """An archive that is no archive meets no rule about the names in it; another one does."""
    scenario = load(scenario_folder() / "artifacts" / "one_archive.scenario.yaml")
    met = set()
    with frozen(scenario) as clock:

        def run_on(case: Scenario, recipe: Recipe, cell: str, defect: str | None) -> Outcome:
            met.add((defect, case.label))
            with scratch_target(session, "", clock=clock, recipe=recipe, cell=cell) as target:
                return run(case, target)

        prover = Prover(scenario, run_on)
        for defect in (None, "control-characters-are-accepted"):
            assert prover.run(defect, "v2").status == "passed"
    assert 0 < sum(defect is not None for defect, _ in met) < len(scenario.cases)
