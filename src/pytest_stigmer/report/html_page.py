"""The report as one self-contained page: nothing is fetched, and it reads without scripts too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pytest_stigmer.report.data import STATUSES, Document, TestData
from pytest_stigmer.report.heatmap import heatmap
from pytest_stigmer.report.html_scenarios import anchors, scenario_cards
from pytest_stigmer.report.markup import badge, link, text

_FOLDER = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def render(document: Document) -> str:
    """Return the page."""
    style, script = (
        (_FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    body = "\n".join([*_head(document), *_sections(document)])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{text(_title(document))}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
{body}
</main>
<script>
{script}</script>
</body>
</html>
"""


def _title(document: Document) -> str:
    return f"Stigmer {'proof' if document.is_proof else 'report'}: {document.verdict}"


def _head(document: Document) -> Iterator[str]:
    colour = "passed" if document.verdict == "ok" else "failed"
    yield f'<header class="top"><div><h1>{text(_title(document))}</h1>'
    yield f'<p class="lead {colour}">{text(_told(document))}</p></div>'
    yield '<button id="theme" type="button" hidden>Dark theme</button></header>'
    yield '<dl class="facts">'
    yield from (f"<div><dt>{name}</dt><dd>{text(v)}</dd></div>" for name, v in _facts(document))
    yield "</dl>"
    yield '<nav aria-label="Filter"><div class="counts" role="group" aria-label="By status">'
    for status in STATUSES:
        count = document.counts[status]
        yield (
            f'<button type="button" class="count {status}" data-filter="{status}" '
            f'aria-pressed="false"{"" if count else " disabled"}>'
            f"<b>{count}</b> {status}</button>"
        )
    yield '</div><label class="search">Search <input id="search" type="search" '
    yield 'placeholder="title, file, defect, tag, hash" autocomplete="off"></label>'
    yield '<p id="found" role="status"></p></nav><main id="main">'


def _told(document: Document) -> str:
    total = sum(document.counts.values())
    parts = [f"{document.counts[status]} {status}" for status in STATUSES]
    counts = ", ".join(part for part in parts if not part.startswith("0 "))
    if document.matrix is None:
        return f"{total} tests: {counts or 'none ran'}"
    matrix = document.matrix
    size = f"{len(matrix.rows)} scenarios x {len(matrix.defects)} defects"
    exact = f"NOT as claimed (problems: {len(matrix.problems)})"
    return f"{size}: {exact if matrix.problems else 'exactly as claimed'}; {counts or 'none ran'}"


def _facts(document: Document) -> Iterator[tuple[str, object]]:
    yield "target", document.target
    yield "seed", document.seed
    if document.defect:
        yield "defect in place", document.defect
    if len(document.parts) > 1:
        yield "merged from", f"{len(document.parts)} reports"
    elif document.parts and document.parts[0].shard != "1/1":
        part = document.parts[0]
        yield "shard", f"{part.shard}, of items whose ids have hash {part.collected}"
        yield "durations", part.durations or "by hash of the items' ids"
    yield "started", document.times.started
    yield "took", f"{document.times.seconds:.1f} s"
    yield from document.versions.items()


def _sections(document: Document) -> Iterator[str]:
    if document.matrix:
        yield from heatmap(document.matrix, anchors(document))
    if document.scenarios:
        yield '<section aria-labelledby="scenarios"><h2 id="scenarios">Scenarios</h2>'
        yield from scenario_cards(document)
        yield "</section>"
    yield '<section aria-labelledby="tests"><h2 id="tests">Tests</h2>'
    yield from _tests(document)
    yield "</section>"


def _tests(document: Document) -> Iterator[str]:
    places = anchors(document)
    yield '<div class="scroll" tabindex="0" role="region" aria-labelledby="tests">'
    yield '<table class="tests"><thead><tr><th scope="col">Status</th><th scope="col">Test</th>'
    yield '<th scope="col">Reason</th><th scope="col" class="number">Seconds</th></tr></thead>'
    yield "<tbody>"
    yield from (_test(test, places, document.target) for test in document.tests)
    yield "</tbody></table></div>"
    if not document.tests:
        yield "<p>No test ran.</p>"


def _test(test: TestData, places: dict[str, str], target: str) -> str:
    label = test.label(target)
    name = link(places[test.scenario], label) if test.scenario else text(label)
    detail = (
        f"<details><summary>{text(test.reason) or 'details'}</summary>"
        f"<pre>{text(test.detail)}</pre></details>"
        if test.detail
        else text(test.reason)
    )
    words = text(f"{test.id} {test.reason}".lower())
    return (
        f'<tr class="item" data-status="{test.status}" data-words="{words}">'
        f'<td>{badge(test.status)}</td><th scope="row">{name}</th><td>{detail}</td>'
        f'<td class="number">{test.seconds:.3f}</td></tr>'
    )
