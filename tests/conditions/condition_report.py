"""Which conditions show which catalogued defects that plain runs mask; run as a script to record.

python -m tests.conditions.condition_report
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pytest_stigmer.conditions.choice import CONDITIONS, MIXTURES
from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import proved
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.shipped import scenario_folder

SNAPSHOT = Path(__file__).with_name("shown.json")
"""Where it is recorded: by scenario and defect, the conditions that show it."""
SCENARIOS = (
    "lifecycle/second_save",
    "history/tag_outlives_newer_snapshots",
    "flows/push_then_get",
    "flows/delete_then_recreate",
)
"""Short ones, which show few defects themselves."""
CELLS = tuple(name for name in (*MIXTURES, *CONDITIONS) if not name.startswith("long-past-"))
"""All but the longest pasts, which show what the first one shows, at ten times the cost."""
BY_CHANCE = {"tiebreak-on-random-id"}
"""Defects that show now and then."""


def shown(scenario: str, defects: Iterable[str]) -> dict[str, str]:
    """Return by defect the conditions that show what the plain run of a scenario masks."""
    session = HarnessSession(
        Options(prove=True, defects=tuple(defects), conditions=",".join(CELLS))
    )
    row = proved(session, load(scenario_folder() / f"{scenario}.scenario.yaml"), scenario)
    session.close()
    assert not row.faults
    return {
        defect: ", ".join(row.shown_under(defect))
        for defect in sorted(row.killed - row.killed_plainly - BY_CHANCE)
    }


def report() -> str:
    """Return what is recorded."""
    return json.dumps({one: shown(one, catalogue()) for one in SCENARIOS}, indent=1) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(report(), encoding="utf-8")
