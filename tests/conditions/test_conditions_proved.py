"""How a proof treats conditions: the reference under all, defects where it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import proved as proved_in
from pytest_stigmer.prove.matrix import Matrix
from pytest_stigmer.prove.proof import Row, prove
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.runner import Outcome, Status
from pytest_stigmer.scenario.shipped import scenario_folder

CLAIMING = Scenario("x", Path("x"), 1, (), detects_under={"restart": ("a",)})


def proved(
    scenario: Scenario, tried: dict[str, tuple[str, ...]], reds: set[tuple[str | None, str]]
) -> Row:
    """Prove a scenario against the defects a and b where these runs are red."""

    def run(defect: str | None, cell: str) -> Outcome:
        status = Status.FAILED if (defect, cell) in reds else Status.PASSED
        return Outcome(scenario, "local", status, reason="why")

    return prove(scenario, ("a", "b"), ("v2",), run, tried=tried)


def test_a_claim_under_a_condition_comes_true() -> None:
    """A defect that shows under the condition alone is killed, and claimed."""
    row = proved(CLAIMING, {"restart": ("a",)}, {("a", "restart")})
    assert row.problems() == []
    assert row.killed == {"a"}
    assert row.killed_plainly == set()


def test_a_claim_under_a_condition_that_stays_green_is_told() -> None:
    """What a scenario claims under a condition is tried there."""
    row = proved(CLAIMING, {"restart": ("a",)}, set())
    assert row.problems() == ["claims a under restart, but stays green under it"]


def test_the_reference_is_green_under_every_condition() -> None:
    """A condition that accuses the reference is a fault of the proof."""
    row = proved(CLAIMING, {"restart": ("a",), "warm": ()}, {(None, "warm")})
    assert row.problems() == ["is failed on the reference (warm): why"]


def test_what_a_plan_shows_is_not_tried_under_conditions() -> None:
    """A condition is asked for what the plain run leaves."""
    row = proved(CLAIMING, {"restart": ("a", "b")}, {("b", "v2"), ("a", "restart")})
    assert row.cells["b"] == {"v2": "shown"}
    assert row.problems() == ["is red under b, but does not claim it"]


def test_a_proof_disturbs_no_condition() -> None:
    """Where a watcher would change what happens, or miss half of it, nobody watches."""
    defects = ("records-expire", "waits-for-milliseconds", "records-are-kept-by-the-process")
    session = HarnessSession(Options(prove=True, defects=defects, conditions="busy,two-processes"))
    path = scenario_folder() / "lifecycle" / "second_save.scenario.yaml"
    row = proved_in(session, load(path), "")
    session.close()
    assert row.problems() == []
    assert list(map(row.shown_under, defects)) == [[], ["busy"], ["two-processes"]]


@pytest.mark.parametrize("claims", [{}, {"restart": ("a",)}])
def test_what_conditions_alone_show_must_be_claimed(claims: dict[str, tuple[str, ...]]) -> None:
    """A thorough proof fails for a defect that nobody claims under any condition."""
    scenario = Scenario("x", Path("x"), 1, (), detects=("b",), detects_under=claims)
    row = proved(scenario, {"restart": ("a",)}, {("b", "v2"), ("a", "restart")})
    found = Matrix([row], ("a", "b"), complete=True).problems()
    assert bool(found) is not bool(claims)
    assert all("is red under a only under restart" in problem for problem in found)
