"""Which plan cells show and which mask each ordering defect; run as a script to record it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.clock import DEFAULT_START, FrozenClock
from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.shipped import shipped_scenarios
from pytest_stigmer.store.plans import PLAN_CELLS
from pytest_stigmer.targets.local import LocalTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.store.plans import PlanCell

SNAPSHOT = Path(__file__).with_name("snapshots") / f"plans-{sqlite3.sqlite_version}.txt"
"""Where the report of this SQLite lies, if it was recorded."""


def status(
    session: HarnessSession,
    clock: FrozenClock,
    recipe: Recipe,
    scenario: Scenario,
    cell: PlanCell = PLAN_CELLS[0],
) -> Status:
    """Run a scenario on a recipe in a plan cell and return how it ended."""
    database = session.scratch.database(scenario.name)
    target = LocalTarget(
        database,
        clock=clock,
        factory=session.factory(scenario.name),
        generation=session.generation,
        recipe=recipe,
        cell=cell,
    )
    try:
        return run(scenario, target, stop_at_first=True).status
    finally:
        target.close()
        session.scratch.discard(database)


def report(session: HarnessSession) -> str:
    """Return a block per scenario of the plan matrix, a line per ordering defect."""
    scenarios = [load(path) for path in shipped_scenarios()]
    with FrozenClock(DEFAULT_START) as clock:
        return "\n".join(
            line
            for scenario in scenarios
            if scenario.matrix == "plans"
            for line in _lines(session, clock, scenario)
        )


def _lines(session: HarnessSession, clock: FrozenClock, scenario: Scenario) -> Iterator[str]:
    yield scenario.name
    for defect in catalogue().values():
        if defect.family == "ordering":
            recipe = defect.apply(REFERENCE)
            shown = [
                cell.name
                for cell in PLAN_CELLS
                if status(session, clock, recipe, scenario, cell) is not Status.PASSED
            ]
            yield f"  {defect.id}: {_where(shown)}"
    yield ""


def _where(shown: list[str]) -> str:
    masked = [cell.name for cell in PLAN_CELLS if cell.name not in shown]
    if not masked:
        return "shown in every cell"
    if not shown:
        return "masked in every cell"
    fewer = len(shown) < len(masked)
    return f"shown only in {', '.join(shown)}" if fewer else f"masked only in {', '.join(masked)}"


if __name__ == "__main__":
    recording = HarnessSession(Options())
    SNAPSHOT.write_text(report(recording), encoding="utf-8")
    recording.close()
