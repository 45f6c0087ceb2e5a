"""The report as Markdown, for the summary page of a CI job."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pytest_stigmer.errors import counted, visible
from pytest_stigmer.prove.proof import SHOWN
from pytest_stigmer.report.data import (
    RED,
    STATUSES,
    Document,
    MatrixData,
    RpcData,
    RunData,
    ScenarioData,
    StepData,
)
from pytest_stigmer.report.page_tables import likely, markdown_table, safe
from pytest_stigmer.scenario.render import cut, grpcurl

_MAX_ROWS = 100
_MAX_NAMES = 5
_MAX_REDS = 25
_MAX_VALUE = 200
_MAX_LINE = 4_000


def render(document: Document) -> str:
    """Return counts, what was not green and why, each red step, and the kill matrix."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    kind = "proof" if document.is_proof else "report"
    yield f"## Stigmer {kind}: {safe(document.verdict)}"
    yield ""
    counts = document.counts
    yield (
        ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
        or "no test ran"
    )
    defect = f", defect {safe(document.defect)}" if document.defect else ""
    yield (
        f"in {document.times.seconds:.1f} s; target {safe(document.target)}, "
        f"seed {document.seed}{defect}"
    )
    yield from _not_green(document)
    yield from markdown_table(likely(document.causes)) if document.causes else ()
    yield from _reds(document)
    if document.matrix:
        yield from _matrix(document.matrix)


def _not_green(document: Document) -> Iterator[str]:
    """List whatever did not pass, the most urgent first; one line for those of one reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for test in document.tests:
        if test.status != "passed":
            labels = found.setdefault((test.status, test.reason), [])
            labels.append(safe(test.label(document.target)))
    if found:
        yield from ("", "| status | test | reason |", "|---|---|---|")
    for (status, reason), labels in list(found.items())[:_MAX_ROWS]:
        left_out = len(labels) - _MAX_NAMES
        more = f"<br>and {left_out} more" if left_out > 0 else ""
        yield f"| {status} | {'<br>'.join(labels[:_MAX_NAMES])}{more} | {safe(reason)} |"
    if len(found) > _MAX_ROWS:
        yield f"| | and {len(found) - _MAX_ROWS} reasons more | |"


def _reds(document: Document) -> Iterator[str]:
    """Tell of each red run its red steps: what was sent, what came back, what was expected.

    What a proof's defects turn red is as it should be.
    """
    reds = [
        (scenario, run)
        for scenario in document.scenarios
        for run in scenario.runs
        if run.status in RED and any(step.differences for step in run.steps)
        if run.defect is None or not document.is_proof
    ]
    for scenario, run in reds[:_MAX_REDS]:
        yield from _red(scenario, run)
    if len(reds) > _MAX_REDS:
        yield from ("", f"and {len(reds) - _MAX_REDS} red scenarios more")


def _red(scenario: ScenarioData, run: RunData) -> Iterator[str]:
    case = f"\\[{safe(run.case)}\\]" if run.case else ""
    yield from ("", f"### {safe(scenario.title)}{case}", "")
    yield f"{safe(scenario.path)}:{run.stopped or scenario.line}, in {safe(', '.join(run.cells))}"
    yield from ("", "| step | sent | got | expected |", "|---|---|---|---|")
    reds = [step for step in run.steps if step.differences]
    for step in reds:
        yield from _rows(step)
    calls = [line for step in reds if step.rpc for line in _call(step.rpc, run.target)]
    if calls:
        ticks = max(map(len, re.findall("`+", "".join(calls))), default=0)
        fence = "`" * max(3, ticks + 1)
        yield from ("", f"{fence}sh", *calls, fence)


def _rows(step: StepData) -> Iterator[str]:
    name = f"line {step.line}, {safe(step.verb)}"
    sent = safe(", ".join(f"{path} {_value(value)}" for path, value in step.sent))
    for found in step.leading:
        where = f"{found.where} " if found.where else ""
        time = step.server_times.get(found.where)
        said = f" (the server sent {time})" if time else ""
        followers = step.followers(found)
        more = f"<br>and {followers} that follow from it" if followers else ""
        got, expected = (safe(where + _value(value)) for value in (found.got, found.expected))
        yield f"| {name} | {sent} | {got}{said} | {expected}{more} |"
        name = sent = ""


def _call(rpc: RpcData, target: str) -> Iterator[str]:
    line = grpcurl(rpc.method, rpc.request, target)
    yield _code(line) if len(line) <= _MAX_LINE else f"# {rpc.method}, a request too long to show"
    answer = "" if rpc.answer is None else json.dumps(rpc.answer, ensure_ascii=False)
    yield _code(cut(f"# {rpc.status} {rpc.message}{answer}", _MAX_LINE))


def _matrix(matrix: MatrixData) -> Iterator[str]:
    yield from ("", "### Kill matrix", "")
    size = f"{counted(len(matrix.rows), 'scenario')} x {counted(len(matrix.defects), 'defect')}"
    yield f"{size}: {'**not** as claimed' if matrix.problems else 'exactly as claimed'}"
    yield from (f"- {safe(problem)}" for problem in matrix.problems)
    yield from ("", "<details><summary>Killers of each defect</summary>", "")
    yield from ("| defect | cells | scenarios |", "|---|---|---|")
    for defect in matrix.defects:
        killers = [row for row in matrix.rows if SHOWN in row.cells.get(defect.id, {}).values()]
        states = [state for row in killers for state in row.cells[defect.id].values()]
        names = "; ".join(safe(row.title) for row in killers) or "none"
        yield f"| {safe(defect.id)} | {states.count(SHOWN)}/{len(states)} | {names} |"
    yield from ("", "</details>")


def _value(value: Any) -> str:
    return cut(json.dumps(value, ensure_ascii=False, default=str), _MAX_VALUE)


def _code(text: str) -> str:
    return visible(text, line=True)
