"""Tables that Markdown and pages show alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pytest_stigmer.errors import counted, visible
from pytest_stigmer.report.data import CauseData, RedData
from pytest_stigmer.report.markup import text

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_COLOURS = {
    "broken": "failed",
    "expected broken": "xfailed",
    "inconclusive": "inconclusive",
    "disputed": "xpassed",
    "held": "passed",
    "not asked": "skipped",
}
"""The status of a test whose colour a verdict has."""


class Table(NamedTuple):
    """One table; what is long is `folded`."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    folded: bool = False


def safe(given: str) -> str:
    """Escape what Markdown or HTML would read as its own, and keep it on one line."""
    return _SPECIAL.sub(r"\\\1", visible(" ".join(given.split()), line=True))


def markdown_table(table: Table) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    folded = f"<details><summary>{safe(table.title)}</summary>"
    yield from ("", folded if table.folded else f"### {safe(table.title)}", "")
    yield f"| {' | '.join(table.head)} |"
    yield "|---" * len(table.head) + "|"
    yield from (f"| {' | '.join(map(safe, row))} |" for row in table.rows)
    yield from ("", "</details>") if table.folded else ()


def html_table(table: Table) -> Iterator[str]:
    """Yield the pieces of a table on a page."""
    start, end = ("<details><summary>", "</summary>") if table.folded else ("<h2>", "</h2>")
    yield f"<section>{start}{text(table.title)}{end}"
    yield '<div class="scroll" tabindex="0"><table class="tests"><thead><tr>'
    yield from (f'<th scope="col">{text(word)}</th>' for word in table.head)
    yield "</tr></thead><tbody>"
    yield from (f"<tr>{''.join(map(_cell, table.head, row))}</tr>" for row in table.rows)
    yield f"</tbody></table></div>{'</details>' if table.folded else ''}</section>"


def _cell(head: str, value: str) -> str:
    colour = f' class="badge {_COLOURS[value]}"' if value in _COLOURS else ""
    told = f"<span{colour}>{text(value)}</span>" if value else ""
    return f'<td data-head="{text(head)}">{told}</td>'


def likely(causes: Iterable[CauseData]) -> Table:
    """Return the likely defects with what each explains: reds of one cause stand together."""
    rows = [
        (
            cause.defect or "unknown",
            ", ".join(cause.instead),
            " ".join(filter(None, (cause.harm, cause.origin))),
            reds_told(cause.reds),
        )
        for cause in causes
    ]
    return Table("Likely defects", ("defect", "or", "harm, origin", "red steps"), rows)


def reds_told(reds: Sequence[RedData]) -> str:
    """Return how many red steps there are, and of which promises."""
    cases = Counter(promise.partition("[")[0] for promise in {red.promise for red in reds})
    names = (f"{name} ({n} cases)" if n > 1 else name for name, n in sorted(cases.items()))
    return f"{counted(len(reds), 'red step')} of {', '.join(names)}"
