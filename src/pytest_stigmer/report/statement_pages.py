"""A conformance statement for people: Markdown for a pull request, a page, lines of a terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator

from pytest_stigmer.errors import counted
from pytest_stigmer.report.html_page import page
from pytest_stigmer.report.markup import text
from pytest_stigmer.report.page_tables import (
    Table,
    html_table,
    likely,
    markdown_table,
    reds_told,
    safe,
)
from pytest_stigmer.report.statement import SECTIONS, VERDICTS, PromiseData, Statement
from pytest_stigmer.scenario.target import gathered

_MOST_LETTERS = 300


def markdown(statement: Statement) -> str:
    """Return the statement as Markdown."""
    lines = [f"## Conformance of {safe(statement.registry)}", "", f"**{statement.summary}**", ""]
    lines.append(f"{_facts(statement)}")
    lines += [f"- {safe(problem)}" for problem in statement.problems]
    for table in _tables(statement):
        lines += markdown_table(table)
    return "\n".join(lines) + "\n"


def html(statement: Statement) -> str:
    """Return the statement as one self-contained page."""
    colour = "passed" if not (statement.counts["broken"] or statement.problems) else "failed"
    body = [
        '<header><div class="top"><div>',
        f"<h1>Conformance of {text(statement.registry)}</h1>",
        f'<p class="lead {colour}">{text(statement.summary)}</p></div></div></header>',
        f'<main id="main"><p>{text(_facts(statement))}</p>',
        *(f"<p>{text(problem)}</p>" for problem in statement.problems),
    ]
    for table in _tables(statement):
        body += html_table(table)
    return page(f"Conformance of {statement.registry}", [*body, "</main>"])


def lines(statement: Statement) -> Iterator[str]:
    """Yield what a terminal shows: what is not held, the likely defects, and the sum."""
    for promise in statement.promises:
        if promise.verdict not in ("held", "not asked"):
            yield f"{promise.verdict.upper()} {promise.name}: {_why(promise)}"
    for cause in statement.causes:
        instead = f" (or {', '.join(cause.instead[:3])})" if cause.instead else ""
        told = f"LIKELY {cause.defect}{instead}: {cause.harm}" if cause.defect else "UNKNOWN"
        yield f"{told} {reds_told(cause.reds)}"
    for reason, count in _unasked(statement):
        yield f"NOT ASKED {count}: {reason}"
    yield from statement.problems
    yield f"{statement.registry}: {statement.summary}"


def _facts(statement: Statement) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in statement.versions.items())
    return f"Asked at {statement.started}, seed {statement.seed}; {versions}"


def _tables(statement: Statement) -> Iterator[Table]:
    yield _families(statement)
    if statement.causes:
        yield likely(statement.causes)
    other = [one for one in statement.promises if one.verdict not in ("held", "not asked")]
    if other:
        rows = [(one.name, one.verdict, _why(one), ", ".join(one.origin)) for one in other]
        yield Table("What is not simply held", ("promise", "verdict", "why", "origin"), rows)
    if statement.counts["not asked"]:
        unasked = [(str(count), reason) for reason, count in _unasked(statement)]
        yield Table("Not asked", ("promises", "why"), unasked)
    for family in dict.fromkeys(promise.family for promise in statement.promises):
        told = [promise for promise in statement.promises if promise.family == family]
        rows = [(_section(one), one.title, one.name, one.verdict) for one in told]
        head = ("contract", "promise", "name", "verdict")
        yield Table(f"{family}: {counted(len(told), 'promise')}", head, rows, folded=True)


def _families(statement: Statement) -> Table:
    counts = Counter((promise.family, promise.verdict) for promise in statement.promises)
    shown = [verdict for verdict in VERDICTS if statement.counts[verdict]]
    families = dict.fromkeys(promise.family for promise in statement.promises)
    rows = [
        (family, *(str(counts[family, verdict] or "") for verdict in shown)) for family in families
    ]
    return Table("By family", ("family", *shown), rows)


def _section(promise: PromiseData) -> str:
    number = promise.section
    return f"{number} {SECTIONS.get(number, '')}".strip() if number else ", ".join(promise.origin)


def _why(promise: PromiseData) -> str:
    steps = ", ".join(red.partition(":")[0] for red in promise.reds)
    told = f"red at steps {steps}: " if steps else ""
    return textwrap.shorten(f"{told}{promise.why}", _MOST_LETTERS, placeholder=" ...")


def _unasked(statement: Statement) -> list[tuple[str, int]]:
    reasons = (one.why for one in statement.promises if one.verdict == "not asked")
    return gathered(reasons)
