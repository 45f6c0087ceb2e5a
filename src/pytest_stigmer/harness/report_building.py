"""Builds the model of a run from pytest's reports: the same whatever process they came from."""

from __future__ import annotations

import json
import os
import platform
import re
from collections import Counter
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.defects.hazards import explained
from pytest_stigmer.harness.recording import SCENARIO
from pytest_stigmer.harness.reporting import INCONCLUSIVE, ROW, skip_reason
from pytest_stigmer.harness.scratch import without_scratch
from pytest_stigmer.prove.proof import Row
from pytest_stigmer.report.data import (
    STATUSES,
    DefectData,
    Document,
    MatrixData,
    RowData,
    ScenarioData,
    TestData,
    Times,
    merged,
    scenario_from,
)
from pytest_stigmer.store.connection import SQLITE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.prove.matrix import Matrix

_PACKAGES = ("pytest", "pytest-stigmer", "pytest-xdist", "protobuf", "grpcio")
_CELL = "stigmer_cell"
# xdist puts the worker before the failure; which one it was says nothing.
_WORKER = re.compile(r"^\[gw\d+\] .*\n")


@dataclass(frozen=True)
class Run:
    """What is known of a run besides its reports."""

    session: HarnessSession
    root: Path
    exit_code: int
    times: Times


def document(
    run: Run,
    tests: Sequence[Sequence[pytest.TestReport]],
    collected: Sequence[pytest.CollectReport],
    matrix: Matrix | None,
) -> Document:
    """Put everything in an order of its own: nothing may depend on who finished first."""
    scenarios = _scenarios(run.root, tests)
    paths = {scenario.path for scenario in scenarios}
    made = [_test(phases, paths) for phases in tests]
    made += [_uncollected(report) for report in collected]
    made.sort(key=lambda test: (STATUSES.index(test.status), test.id))
    counts = Counter(test.status for test in made)
    options = run.session.options
    return Document(
        verdict=_verdict(run.exit_code),
        target=options.target,
        seed=options.seed,
        defect=options.defect,
        is_proof=options.prove,
        versions=_versions(),
        times=run.times,
        counts={status: counts[status] for status in STATUSES},
        tests=tuple(made),
        scenarios=scenarios,
        matrix=_matrix(run.root, matrix) if matrix else None,
    )


def _verdict(exit_code: int) -> str:
    try:
        return pytest.ExitCode(exit_code).name.lower().replace("_", " ")
    except ValueError:
        return f"exit code {exit_code}"


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "sqlite": SQLITE_VERSION}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _scenarios(
    root: Path, tests: Iterable[Sequence[pytest.TestReport]]
) -> tuple[ScenarioData, ...]:
    """Make one of the parts that several items tell of one scenario: its runs in plan cells."""
    found: dict[str, ScenarioData] = {}
    for report in sorted((r for phases in tests for r in phases), key=lambda r: str(r.nodeid)):
        text = getattr(report, SCENARIO, None)
        if text is not None:
            part = scenario_from(json.loads(text))
            path = _relative(root, part.path)
            runs = (found[path].runs if path in found else ()) + part.runs
            found[path] = replace(part, path=path, runs=runs)
    return tuple(replace(found[path], runs=merged(found[path].runs)) for path in sorted(found))


def _test(phases: Sequence[pytest.TestReport], scenarios: set[str]) -> TestData:
    telling = next((r for r in phases if r.failed or r.skipped), phases[-1])
    call = next((r for r in phases if r.when == "call"), telling)
    path, line, _ = telling.location
    properties = dict(telling.user_properties)
    status = _status(telling, call)
    file = path.replace(os.sep, "/")
    return TestData(
        id=telling.nodeid,
        status=status,
        path=file,
        line=(line or 0) + 1,
        reason=_reason(telling, call, status),
        detail=_detail(telling) if telling.failed else "",
        scenario=file if file in scenarios else None,
        cell=str(properties[_CELL]) if _CELL in properties else None,
        seconds=round(sum(phase.duration for phase in phases), 3),
    )


def _status(telling: pytest.TestReport, call: pytest.TestReport) -> str:
    if telling.failed:
        return "failed" if telling.when == "call" else "error"
    if hasattr(call, "wasxfail"):
        return "xfailed" if call.skipped else "xpassed"
    if telling.skipped:
        return "inconclusive" if skip_reason(telling).startswith(INCONCLUSIVE) else "skipped"
    return "passed"


def _reason(telling: pytest.TestReport, call: pytest.TestReport, status: str) -> str:
    if status in ("xfailed", "xpassed"):
        return str(call.wasxfail)
    if telling.skipped:
        return skip_reason(telling).removeprefix(INCONCLUSIVE)
    return _why_red(telling) if telling.failed else ""


def _why_red(report: pytest.TestReport) -> str:
    """Prefer what the harness knows to what pytest printed."""
    row, recorded = getattr(report, ROW, None), getattr(report, SCENARIO, None)
    if row is not None:
        problems = Row.from_data(row).problems() or [_first_line(report)]
        more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
        return f"{problems[0]}{more}"
    reasons = [run["reason"] for run in json.loads(recorded)["runs"]] if recorded else []
    return next(filter(None, reasons), "") or _first_line(report)


def _first_line(report: pytest.TestReport | pytest.CollectReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash else report.longrepr)
    return next((line for line in text.splitlines() if line.strip()), "").strip()


def _detail(report: pytest.TestReport) -> str:
    notes = [text for title, text in report.sections if title == "stigmer"]
    text = _WORKER.sub("", report.longreprtext).strip()
    return without_scratch("\n\n".join([text, *notes]))


def _uncollected(report: pytest.CollectReport) -> TestData:
    is_red = report.failed
    return TestData(
        id=report.nodeid or "the run",
        status="error" if is_red else "skipped",
        path=report.nodeid.partition("::")[0],
        line=1,
        reason=_first_line(report) if is_red else skip_reason(report),
        detail=report.longreprtext if is_red else "",
    )


def _matrix(root: Path, matrix: Matrix) -> MatrixData:
    known = catalogue()
    defects = (known[defect_id] for defect_id in matrix.defects)
    return MatrixData(
        defects=tuple(DefectData(d.id, d.family, d.harm, explained(d.origin)) for d in defects),
        rows=tuple(_row(root, row) for row in matrix.rows),
        is_complete=matrix.complete,
        problems=tuple(matrix.problems()),
    )


def _row(root: Path, row: Row) -> RowData:
    reached = row.killed | set(row.claimed)
    return RowData(
        title=row.title,
        path=_relative(root, row.path),
        line=row.line,
        claimed=row.claimed,
        cells={name: dict(states) for name, states in row.cells.items() if name in reached},
        faults=row.faults,
        unjudged=row.unjudged,
    )


def _relative(root: Path, path: str) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
