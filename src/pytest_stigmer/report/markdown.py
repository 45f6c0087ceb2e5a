"""The report as Markdown, for the summary page of a CI job."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_stigmer.errors import visible
from pytest_stigmer.prove.proof import SHOWN
from pytest_stigmer.report.data import STATUSES, Document, MatrixData

_MAX_TESTS = 50
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_QUIET = frozenset({"passed", "xfailed"})


def render(document: Document) -> str:
    """Return counts, what was not green and why, and the kill matrix."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    kind = "proof" if document.is_proof else "report"
    yield f"## Stigmer {kind}: {_safe(document.verdict)}"
    yield ""
    counts = document.counts
    yield (
        ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
        or "no test ran"
    )
    defect = f", defect {_safe(document.defect)}" if document.defect else ""
    yield (
        f"in {document.times.seconds:.1f} s; target {_safe(document.target)}, "
        f"seed {document.seed}{defect}"
    )
    yield from _not_green(document)
    if document.matrix:
        yield from _matrix(document.matrix)


def _not_green(document: Document) -> Iterator[str]:
    tests = [test for test in document.tests if test.status not in _QUIET]
    if not tests:
        return
    yield from ("", "| status | test | reason |", "|---|---|---|")
    for test in tests[:_MAX_TESTS]:
        yield f"| {test.status} | {_safe(test.label(document.target))} | {_safe(test.reason)} |"
    if len(tests) > _MAX_TESTS:
        yield f"| | and {len(tests) - _MAX_TESTS} more | |"


def _matrix(matrix: MatrixData) -> Iterator[str]:
    yield from ("", "### Kill matrix", "")
    size = f"{len(matrix.rows)} scenarios x {len(matrix.defects)} defects"
    yield f"{size}: {'**not** as claimed' if matrix.problems else 'exactly as claimed'}"
    yield from (f"- {_safe(problem)}" for problem in matrix.problems)
    yield from ("", "<details><summary>Killers of each defect</summary>", "")
    yield from ("| defect | cells | scenarios |", "|---|---|---|")
    for defect in matrix.defects:
        killers = [row for row in matrix.rows if SHOWN in row.cells.get(defect.id, {}).values()]
        states = [state for row in killers for state in row.cells[defect.id].values()]
        names = "; ".join(_safe(row.title) for row in killers) or "none"
        yield f"| {_safe(defect.id)} | {states.count(SHOWN)}/{len(states)} | {names} |"
    yield from ("", "</details>")


def _safe(text: str) -> str:
    """Escape what Markdown or HTML would read as its own, and keep it on one line."""
    return _SPECIAL.sub(r"\\\1", visible(" ".join(text.split()), line=True))
