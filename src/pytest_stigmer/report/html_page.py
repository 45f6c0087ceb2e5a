"""The report as one self-contained page: nothing is fetched, and it reads without scripts too."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_stigmer.errors import counted
from pytest_stigmer.report.data import RED, STATUSES, Document, TestData
from pytest_stigmer.report.html_proof import proof
from pytest_stigmer.report.html_scenarios import Card, anchors, cards
from pytest_stigmer.report.markup import badge, text
from pytest_stigmer.report.page_tables import html_table, likely
from pytest_stigmer.report.picture import legend

_FOLDER = Path(__file__).parent
_PARTS = re.compile("(?=<details|<svg|<div)")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def render(document: Document) -> str:
    """Return the page."""
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    body = [*_head(document), *_sections(document), f"</main>\n<script>\n{script}</script>"]
    return page(_title(document), body)


def page(title: str, body: Iterable[str]) -> str:
    """Return a page of its own, which fetches nothing; what is after its title is in `body`."""
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    inner = "\n".join(body)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{text(title)}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
{inner}
</body>
</html>
"""


def _title(document: Document) -> str:
    return f"Stigmer {'proof' if document.is_proof else 'report'}: {document.verdict}"


def _head(document: Document) -> Iterator[str]:
    colour = "passed" if document.verdict == "ok" else "failed"
    yield f'<header><div class="top"><div><h1>{text(_title(document))}</h1>'
    yield f'<p class="lead {colour}">{text(_told(document))}</p></div>'
    yield '<button id="theme" type="button" hidden>Dark theme</button></div>'
    yield '<dl class="facts">'
    yield from (f"<div><dt>{name}</dt><dd>{text(v)}</dd></div>" for name, v in _facts(document))
    yield "</dl></header>"
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
        return f"{counted(total, 'test')}: {counts or 'none ran'}"
    matrix = document.matrix
    size = f"{counted(len(matrix.rows), 'scenario')} x {counted(len(matrix.defects), 'defect')}"
    exact = f"NOT as claimed (problems: {len(matrix.problems)})"
    return f"{size}: {exact if matrix.problems else 'exactly as claimed'}; {counts or 'none ran'}"


def _facts(document: Document) -> Iterator[tuple[str, object]]:
    yield "target", document.target
    yield "seed", document.seed
    if document.defect:
        yield "defect in place", document.defect
    if len(document.parts) > 1:
        yield "merged from", f"{counted(len(document.parts), 'report')}"
    elif document.parts and document.parts[0].shard != "1/1":
        part = document.parts[0]
        yield "shard", f"{part.shard}, of items whose ids have hash {part.collected}"
        yield "durations", part.durations or "by hash of the items' ids"
    yield "started", document.times.started
    yield "took", f"{document.times.seconds:.1f} s"
    yield from document.versions.items()


def _sections(document: Document) -> Iterator[str]:
    """Yield what is wrong first: the proof, its causes, plain tests where one is red, scenarios."""
    packed: list[str] = []
    if document.matrix:
        yield from proof(document.matrix, anchors(document), packed)
    yield from html_table(likely(document.causes)) if document.causes else ()
    plain = [test for test in document.tests if test.scenario is None]
    is_first = any(test.status in RED for test in plain)
    sections = [_tests(plain, document), _scenarios(document, packed)]
    for section in sections if is_first else sections[::-1]:
        yield from section
    if packed:
        yield (
            "<noscript><p>What unfolds of a proof is packed: it needs JavaScript, or the JSON "
            "report.</p></noscript>"
        )
        yield f'<template id="packed">{_deflated(packed)}</template>'


def _deflated(bodies: list[str]) -> str:
    """Return texts as parts, each once, and the numbers of each text's parts.

    Deflate looks back 32 KiB only: parts in order of their text stand beside those they resemble.
    """
    cut = [_PARTS.split(body) for body in bodies]
    parts = sorted({part for body in cut for part in body})
    at = {part: number for number, part in enumerate(parts)}
    data = json.dumps([parts, [[at[part] for part in body] for body in cut]], ensure_ascii=False)
    return base64.b64encode(zlib.compress(data.encode(), 9)).decode()


def _scenarios(document: Document, packed: list[str]) -> Iterator[str]:
    """Yield the cards; what unfolds of a proof's green ones is put on `packed`."""
    if not document.scenarios:
        return
    yield '<section aria-labelledby="scenarios"><h2 id="scenarios">Scenarios</h2>'
    yield f"<details><summary>Key to the timelines</summary>{legend()}</details>"
    first = True
    for card in cards(document):
        is_open = first and card.status in RED
        if document.matrix and card.status not in RED:
            packed.append(card.body)
            yield _folded(card, "", f' data-body="{len(packed) - 1}"')
        else:
            yield _folded(card, card.body, " open" if is_open else "")
        first = False
    yield "</section>"


def _folded(card: Card, body: str, more: str) -> str:
    return (
        f'<details class="item card" id="{card.place}" data-status="{card.status}" '
        f'data-words="{text(card.words)}"{more}><summary>{card.summary}</summary>{body}</details>'
    )


def _tests(tests: list[TestData], document: Document) -> Iterator[str]:
    """Yield the tests that are no scenarios."""
    if not tests and document.scenarios:
        return
    yield '<section aria-labelledby="tests"><h2 id="tests">Tests</h2><ul class="tests">'
    first = next((test for test in tests if test.status in RED), None)
    yield from (_test(test, document.target, is_open=test is first) for test in tests)
    yield f"</ul>{'' if tests else '<p>No test ran.</p>'}</section>"


def _test(test: TestData, target: str, *, is_open: bool) -> str:
    told = (
        f"{badge(test.status)} <b>{text(test.label(target))}</b> "
        f'<span class="seconds">{test.seconds:.3f} s</span>'
        f'<span class="cause">{text(test.reason)}</span>'
    )
    if test.detail:
        detail = f'<pre tabindex="0">{text(test.detail)}</pre>'
        more = " open" if is_open else ""
        told = f"<details{more}><summary>{told}</summary>{detail}</details>"
    return f'<li class="item" data-status="{test.status}">{told}</li>'
