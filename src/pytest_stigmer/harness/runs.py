"""One run of a scenario: a clock, a fresh target, the runner; and the many runs of a proof."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.harness.recording import NO_RECORDER
from pytest_stigmer.harness.run_session import recipe_with
from pytest_stigmer.harness.targets import frozen, scratch_target, target_of
from pytest_stigmer.prove.proof import PLAIN_CELL

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence
    from pathlib import Path

    from pytest_stigmer.harness.recording import Recorder
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome
    from pytest_stigmer.scenario.target import Target


def plan_cells(scenario: Scenario, *, own_store: bool = True) -> Sequence[str]:
    """Return the plan cells a scenario runs in: all for `matrix: plans`, else the real schema's.

    A store that is not our own has the plan that it has.
    """
    if scenario.matrix != "plans" or not own_store:
        return (PLAIN_CELL,)
    from pytest_stigmer.store.plans import PLAN_CELLS

    return tuple(cell.name for cell in PLAN_CELLS)


def outcome_of(
    session: HarnessSession,
    scenario: Scenario,
    cell: str,
    test_id: str,
    recorder: Recorder = NO_RECORDER,
    kept: list[Path] | None = None,
) -> Outcome:
    """Run a scenario once on the target of the run.

    Where databases are to be kept, that of a red outcome stays in place and is put on `kept`.
    """
    from pytest_stigmer.scenario.runner import Status, run

    with target_of(session, scenario, cell, test_id) as target:
        outcome = run(scenario, recorder.watch(target))
        is_red = outcome.status in (Status.FAILED, Status.ERROR)
        if kept is not None and session.options.keep and is_red:
            kept += _spared(session, target)
    recorder.keep(outcome, cell=cell)
    return outcome


def _spared(session: HarnessSession, target: Target) -> list[Path]:
    """Spare the database behind a target, if it is ours, and return it."""
    from pytest_stigmer.targets.local import LocalTarget

    if not isinstance(target, LocalTarget):
        return []
    session.scenario_scratch.spare(target.database)
    return [target.database]


@contextmanager
def prover(
    session: HarnessSession, scenario: Scenario, test_id: str, recorder: Recorder
) -> Iterator[tuple[Sequence[str], Callable[[str | None, str], Outcome]]]:
    """Freeze the clock once; give all defects' ids and the function that runs one in a cell."""
    from pytest_stigmer.defects.catalogue import catalogue
    from pytest_stigmer.scenario.runner import run as run_on

    with frozen(scenario) as clock:
        start = clock.now()
        known: dict[tuple[Hashable, str], Outcome] = {}

        def run(defect: str | None, cell: str) -> Outcome:
            recipe = recipe_with(defect)
            key = (parts_reached(scenario, recipe), cell)
            if key not in known:
                clock.move_to(start)
                with scratch_target(
                    session, test_id, clock=clock, recipe=recipe, cell=cell
                ) as target:
                    known[key] = run_on(scenario, recorder.watch(target), evidence=False)
                recorder.keep(known[key], cell=cell, defect=defect)
            return known[key]

        yield tuple(catalogue()), run


def parts_reached(scenario: Scenario, recipe: Recipe) -> Hashable:
    """Return the constructors whose work a scenario can see.

    A scenario without a verb of the skill API sees the store alone: under all recipes with the same
    store it is the same run, and a proof makes it once.
    """
    return recipe if "skills" in scenario.needs else (recipe.store, recipe.fresh_file)
