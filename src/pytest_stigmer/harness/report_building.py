"""Builds the model of a run from pytest's reports: the same whatever process they came from."""

from __future__ import annotations

import json
import os
import platform
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.defects.hazards import explained
from pytest_stigmer.errors import UsageError
from pytest_stigmer.harness.diagnosing import ASKED, PROMISE
from pytest_stigmer.harness.recording import SCENARIO
from pytest_stigmer.harness.reporting import INCONCLUSIVE, ROW, skip_reason
from pytest_stigmer.harness.scratch import without_scratch
from pytest_stigmer.prove.proof import Row
from pytest_stigmer.report.data import (
    STATUSES,
    CauseData,
    DefectData,
    Document,
    MatrixData,
    PartData,
    RedData,
    RowData,
    ScenarioData,
    TestData,
    Times,
)
from pytest_stigmer.report.joining import built, joined
from pytest_stigmer.scenario.disputed import PROPERTY as DISPUTED
from pytest_stigmer.store.connection import SQLITE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.prove.diagnosis import Cause
    from pytest_stigmer.prove.matrix import Matrix

M = TypeVar("M")

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
    collected: str = ""
    causes: Mapping[str, Sequence[Cause]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def document(
    run: Run,
    tests: Sequence[Sequence[pytest.TestReport]],
    collected: Sequence[pytest.CollectReport],
    matrix: Matrix | None,
) -> Document:
    """Put everything in an order of its own: nothing may depend on who finished first."""
    scenarios = _scenarios(run.root, tests)
    paths = {scenario.path for scenario in scenarios}
    target = run.session.options.target
    made = [_test(target, phases, paths) for phases in tests]
    made += [_uncollected(target, report) for report in collected]
    made.sort(key=lambda test: (STATUSES.index(test.status), test.id))
    counts = Counter(test.status for test in made)
    options = run.session.options
    return Document(
        verdict=verdict_of(run.exit_code),
        target=options.target,
        seed=options.seed,
        defect=options.defect,
        is_proof=options.prove,
        versions=_versions(),
        times=run.times,
        counts={status: counts[status] for status in STATUSES},
        tests=tuple(made),
        scenarios=scenarios,
        matrix=matrix_data(matrix, run.root) if matrix else None,
        parts=(_part(run),),
        causes=tuple(_causes(run.causes)),
        problems=run.problems,
    )


def _part(run: Run) -> PartData:
    options = run.session.options
    return PartData(
        target=options.target,
        seed=options.seed,
        is_proof=options.prove,
        verdict=verdict_of(run.exit_code),
        shard=str(options.shard or PartData.shard),
        durations=options.shard.durations if options.shard else "",
        collected=run.collected,
        defect=options.defect,
    )


def verdict_of(exit_code: int) -> str:
    """Return how a run ended, in words."""
    try:
        return pytest.ExitCode(exit_code).name.lower().replace("_", " ")
    except ValueError:
        return f"exit code {exit_code}"


def exit_code_of(verdict: str) -> int:
    """Return the exit code of a run that ended so; 1 for words that no code has."""
    return {verdict_of(code): int(code) for code in pytest.ExitCode}.get(verdict, 1)


def read_file(model: type[M], path: Path) -> M:
    """Build a report or a statement from its JSON file; raise UsageError for what is none."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError.no_report(path, (error.strerror or "unreadable").lower()) from error
    return read(model, path, text)


def read(model: type[M], where: object, text: str | bytes) -> M:
    """Build a report or a statement from its JSON; raise UsageError for what is none."""
    try:
        made: M = built(model, json.loads(text))
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError.no_report(where, f"{type(error).__name__}: {error}") from error
    return made


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
    texts = (getattr(report, SCENARIO, None) for phases in tests for report in phases)
    told = (built(ScenarioData, json.loads(text)) for text in texts if text is not None)
    return joined(tuple(replace(part, path=_relative(root, part.path)) for part in told))


def _test(target: str, phases: Sequence[pytest.TestReport], scenarios: set[str]) -> TestData:
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
        target=target,
        **_promise(telling),
        disputed=tuple(sorted({str(v) for k, v in call.user_properties if k == DISPUTED})),
    )


def _promise(report: pytest.TestReport) -> dict[str, Any]:
    """Return what a test asked of which registry, and its red steps."""
    told, asked = getattr(report, PROMISE, None), getattr(report, ASKED, None)
    return {**(told or {}), "reds": tuple(filter(None, asked["reds"])) if asked else ()}


def _causes(found: Mapping[str, Sequence[Cause]]) -> Iterator[CauseData]:
    for registry, causes in found.items():
        for cause in causes:
            known = catalogue()[cause.defect] if cause.defect else None
            yield CauseData(
                registry,
                cause.defect,
                known.harm if known else "",
                explained(known.origin) if known else "",
                cause.instead,
                tuple(RedData(red.scenario, red.cell, red.step) for red in cause.reds),
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
    """Prefer what the proof knows to what pytest printed."""
    row = getattr(report, ROW, None)
    problems = Row.from_data(row).problems() if row is not None else []
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else _first_line(report)


def _first_line(report: pytest.TestReport | pytest.CollectReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash else report.longrepr)
    return next((line for line in text.splitlines() if line.strip()), "").strip()


def _detail(report: pytest.TestReport) -> str:
    notes = [text for title, text in report.sections if title == "stigmer"]
    text = _WORKER.sub("", report.longreprtext).strip()
    return without_scratch("\n\n".join([text, *notes]))


def _uncollected(target: str, report: pytest.CollectReport) -> TestData:
    is_red = report.failed
    return TestData(
        id=report.nodeid or "the run",
        status="error" if is_red else "skipped",
        path=report.nodeid.partition("::")[0],
        line=1,
        reason=_first_line(report) if is_red else skip_reason(report),
        detail=report.longreprtext if is_red else "",
        target=target,
    )


def matrix_data(matrix: Matrix, root: Path | None = None) -> MatrixData:
    """Return a matrix as data; its rows name their files from `root`, or as they are."""
    known = catalogue()
    defects = (known[defect_id] for defect_id in matrix.defects)
    return MatrixData(
        defects=tuple(DefectData(d.id, d.family, d.harm, explained(d.origin)) for d in defects),
        rows=tuple(_row(root, row) for row in matrix.rows),
        is_complete=matrix.complete,
        problems=tuple(matrix.problems()),
        wanted=tuple(matrix.wanted),
    )


def _row(root: Path | None, row: Row) -> RowData:
    reached = row.killed | set(row.claimed) | row.claims_under
    return RowData(
        title=row.title,
        path=_relative(root, row.path) if root else row.path,
        line=row.line,
        claimed=row.claimed,
        cells={name: dict(states) for name, states in row.cells.items() if name in reached},
        faults=row.faults,
        unjudged=row.unjudged,
        is_partial=row.is_partial,
        conditions=row.conditions,
        claimed_under={name: tuple(ids) for name, ids in row.claimed_under.items()},
    )


def _relative(root: Path, path: str) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
