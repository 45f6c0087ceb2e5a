"""Fills in what a scenario file leaves open: its expectations and its claims, from what happens.

Both exit with 1, because nobody has looked yet at what was written.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.conditions.choice import PLAIN
from pytest_stigmer.errors import UsageError, counted
from pytest_stigmer.harness.arguments import say
from pytest_stigmer.harness.options import DEFAULT_SEED, Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.scenario.model import scenario_files
from pytest_stigmer.scenario.shipped import scenario_folders

if TYPE_CHECKING:
    from collections.abc import Iterable


def checked_paths(paths: Iterable[str]) -> list[Path]:
    """Return paths as they are; raise UsageError for one that does not exist or has no scenario."""
    found = [Path(path) for path in paths]
    for path in found:
        if not path.exists():
            raise UsageError.no_such_path(path)
        if path.is_dir() and not scenario_files(path):
            raise UsageError.no_scenarios_in(path)
    return found


def expectations(path: Path, seed: int | None) -> int:
    """Write the missing `returns` and `fails` of one file."""
    from pytest_stigmer.harness.runs import outcome_of
    from pytest_stigmer.scenario.loader import load
    from pytest_stigmer.scenario.writer import complete

    scenario = load(path)
    if scenario.cases:
        say(f"{path}: nothing written: what one case answers need not be what another does")
        return 1
    session = HarnessSession(Options(seed=DEFAULT_SEED if seed is None else seed, show_bytes=True))
    try:
        outcome = outcome_of(session, scenario, PLAIN, str(path))
    finally:
        session.close()
    text, written = complete(path, outcome)
    path.write_bytes(text.encode())
    for number, line in written:
        say(f"WROTE {path}:{number}: {line.strip()}")
    say(
        f"{path}: {counted(len(written), 'line')} written from what happened: read before you trust"
    )
    return 1


def claims(paths: list[str], defects: Iterable[str], seed: int | None) -> int:
    """Write the missing claims of all files under `paths`, or of the known ones."""
    from pytest_stigmer.defects.catalogue import known_id

    chosen = tuple(known_id(defect) for defect in defects)
    seed = DEFAULT_SEED if seed is None else seed
    session = HarnessSession(Options(prove=True, exact=True, defects=chosen, seed=seed))
    try:
        for place in checked_paths(paths) or scenario_folders():
            for path in [place] if place.is_file() else scenario_files(place):
                _write_claims(session, path)
    finally:
        session.close()
    say("claims are written as they came out; read whether each is what its scenario is about")
    return 1


def _write_claims(session: HarnessSession, path: Path) -> None:
    from pytest_stigmer.harness.runs import proved
    from pytest_stigmer.scenario.loader import load
    from pytest_stigmer.scenario.writer import claim

    row = proved(session, load(path), str(path))
    text, added = claim(path, row.killed - set(row.claimed))
    if added:
        path.write_bytes(text.encode())
        say(f"WROTE {path}: detects {', '.join(added)}")
    for problem in replace(row, claimed=(*row.claimed, *added)).problems():
        say(f"{path}: {row.title} {problem}")
