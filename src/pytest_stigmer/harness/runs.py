"""One run of a scenario: a clock, a fresh target, the runner; and the many runs of a proof."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.harness.proof import PLAIN_CELL
from pytest_stigmer.harness.session import recipe_with
from pytest_stigmer.harness.targets import frozen, scratch_target, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_stigmer.harness.session import HarnessSession
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome


def plan_cells(scenario: Scenario, *, own_store: bool = True) -> Sequence[str]:
    """Return the plan cells a scenario runs in: all for `matrix: plans`, else the real schema's.

    A store that is not our own has the plan that it has.
    """
    if scenario.matrix != "plans" or not own_store:
        return (PLAIN_CELL,)
    from pytest_stigmer.store.plans import PLAN_CELLS

    return tuple(cell.name for cell in PLAN_CELLS)


def outcome_of(session: HarnessSession, scenario: Scenario, cell: str, test_id: str) -> Outcome:
    """Run a scenario once on the target of the run."""
    from pytest_stigmer.scenario.runner import run

    with target_of(session, scenario, cell, test_id) as target:
        return run(scenario, target)


@contextmanager
def prover(
    session: HarnessSession, scenario: Scenario, test_id: str
) -> Iterator[tuple[Sequence[str], Callable[[str | None, str], Outcome]]]:
    """Freeze the clock once; give all defects' ids and the function that runs one in a cell."""
    from pytest_stigmer.defects.catalogue import catalogue
    from pytest_stigmer.scenario.runner import run as run_on

    with frozen(scenario) as clock:
        start = clock.now()

        def run(defect: str | None, cell: str) -> Outcome:
            clock.move_to(start)
            recipe = recipe_with(defect)
            with scratch_target(session, test_id, clock=clock, recipe=recipe, cell=cell) as target:
                return run_on(scenario, target, evidence=False)

        yield tuple(catalogue()), run
