"""The model of a report: plain values, the same for every renderer.

A scenario's part is made in the process that ran it and crosses to the controller as JSON; the rest
is made there. Two runs with the same outcomes give equal models but for `Times`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, TypeVar

FORMAT = 1
"""The version of the JSON report; `schema.json` describes it."""

STATUSES = ("failed", "error", "inconclusive", "xpassed", "skipped", "xfailed", "passed")
"""How a test can end, the most urgent first."""

RED = frozenset({"failed", "error"})

Pairs = tuple[tuple[str, Any], ...]
"""Dotted paths and plain values."""

D = TypeVar("D")


@dataclass(frozen=True)
class Deviation:
    """One place where an answer is not as expected."""

    where: str
    expected: Any
    got: Any
    why: str


@dataclass(frozen=True)
class StepData:
    """One step as it happened; `at` is the instant at which it left the clock, or ''.

    `answered` and `expected_rows` map ids of archives to their places in the answer, from 1.
    """

    verb: str
    line: int
    at: str
    sent: Pairs = ()
    save_as: str | None = None
    got: Pairs = ()
    expected: Pairs = ()
    differences: tuple[Deviation, ...] = ()
    answered: dict[str, int] = field(default_factory=dict)
    expected_rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ArchiveData:
    """One audit record: the step that wrote it, from 0, and what the store kept."""

    id: int
    step: int
    kind: str
    resource_id: str
    archived_at: str
    version_hash: str
    tag: str


@dataclass(frozen=True)
class RunData:
    """One run of a scenario, in all plan cells in which the same happened.

    `defect` None is the reference. `stopped` is the line of the step at which the run ended early.
    """

    status: str
    cells: tuple[str, ...]
    defect: str | None = None
    target: str = "local"
    reason: str = ""
    stopped: int | None = None
    steps: tuple[StepData, ...] = ()
    archives: tuple[ArchiveData, ...] = ()
    explanation: str = ""


@dataclass(frozen=True)
class ScenarioData:
    """One scenario, its source and its runs; `path` is relative to the root of the test run."""

    title: str
    path: str
    line: int
    description: str = ""
    detects: tuple[str, ...] = ()
    source: str = ""
    runs: tuple[RunData, ...] = ()


@dataclass(frozen=True)
class TestData:
    """One test; `detail` is what pytest shows of its failure, `seconds` how long it took."""

    __test__ = False

    id: str
    status: str
    path: str
    line: int
    reason: str = ""
    detail: str = ""
    scenario: str | None = None
    cell: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class DefectData:
    """One defect of the catalogue."""

    id: str
    family: str
    harm: str
    origin: str


@dataclass(frozen=True)
class RowData:
    """One scenario's row of the kill matrix.

    `cells` tells what each defect did in each plan cell, `shown` or `masked`; a defect that is
    neither claimed nor shown by any cell is left out. `unjudged` need no claim.
    """

    title: str
    path: str
    line: int
    claimed: tuple[str, ...]
    cells: dict[str, dict[str, str]]
    faults: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()


@dataclass(frozen=True)
class MatrixData:
    """The kill matrix; `problems` says why it is not exactly as claimed."""

    defects: tuple[DefectData, ...]
    rows: tuple[RowData, ...]
    is_complete: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Times:
    """When the run started (ISO 8601, UTC) and how many seconds it took."""

    started: str
    seconds: float


@dataclass(frozen=True)
class Document:
    """One run of pytest."""

    verdict: str
    target: str
    seed: int
    defect: str | None
    is_proof: bool
    versions: dict[str, str]
    times: Times
    counts: dict[str, int]
    tests: tuple[TestData, ...] = ()
    scenarios: tuple[ScenarioData, ...] = ()
    matrix: MatrixData | None = None
    format: int = FORMAT


def scenario_from(data: dict[str, Any]) -> ScenarioData:
    """Build a scenario's part from the plain data that crossed from its process."""
    runs = tuple(_run_from(run) for run in data["runs"])
    return ScenarioData(**{**data, "detects": tuple(data["detects"]), "runs": runs})


def _run_from(data: dict[str, Any]) -> RunData:
    made = {
        "cells": tuple(data["cells"]),
        "steps": tuple(_step_from(step) for step in data["steps"]),
        "archives": tuple(ArchiveData(**archive) for archive in data["archives"]),
    }
    return RunData(**{**data, **made})


def _step_from(data: dict[str, Any]) -> StepData:
    made: dict[str, Any] = {
        name: tuple((path, value) for path, value in data[name])
        for name in ("sent", "got", "expected")
    }
    made["differences"] = tuple(Deviation(**deviation) for deviation in data["differences"])
    return StepData(**{**data, **made})


def merged(runs: tuple[RunData, ...]) -> tuple[RunData, ...]:
    """Make one of all runs in which the same happened; their plan cells are listed together."""
    found: dict[str, RunData] = {}
    for run in runs:
        key = repr(dataclasses.replace(run, cells=(), explanation=""))
        known = found.get(key)
        cells = (known.cells if known else ()) + run.cells
        found[key] = dataclasses.replace(known or run, cells=tuple(dict.fromkeys(cells)))
    return tuple(found.values())
