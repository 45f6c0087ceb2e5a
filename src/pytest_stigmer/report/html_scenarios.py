"""The scenarios of a page, red ones first: for each what is wrong, its runs, its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_stigmer.prove.proof import SHOWN
from pytest_stigmer.report.data import (
    RED,
    STATUSES,
    Document,
    MatrixData,
    RowData,
    RunData,
    ScenarioData,
    StepData,
    TestData,
)
from pytest_stigmer.report.html_proof import anchor_of, claims
from pytest_stigmer.report.html_steps import calls, red_step, transcript
from pytest_stigmer.report.joining import likeness
from pytest_stigmer.report.markup import badge, link, text
from pytest_stigmer.report.picture import picture


@dataclass(frozen=True)
class Card:
    """One scenario on the page: its summary in HTML, and what unfolds below it."""

    place: str
    status: str
    words: str
    summary: str
    body: str


def anchors(document: Document) -> dict[str, str]:
    """Return the anchor of each scenario, by its path."""
    return {scenario.path: f"s{n}" for n, scenario in enumerate(document.scenarios, start=1)}


def cards(document: Document) -> list[Card]:
    """Return a card per scenario, the most urgent first."""
    places, matrix = anchors(document), document.matrix
    rows = {row.path: row for row in matrix.rows} if matrix else {}
    made = [
        _card(
            scenario,
            places[scenario.path],
            [test for test in document.tests if test.scenario == scenario.path],
            Proved(matrix, rows[scenario.path]) if matrix and scenario.path in rows else None,
        )
        for scenario in document.scenarios
    ]
    return sorted(made, key=lambda card: STATUSES.index(card.status))


@dataclass(frozen=True)
class Proved:
    """What the proof says of one scenario."""

    matrix: MatrixData
    row: RowData


def _card(scenario: ScenarioData, place: str, tests: list[TestData], proved: Proved | None) -> Card:
    worst = min(tests, key=lambda test: STATUSES.index(test.status), default=None)
    status = worst.status if worst else "passed"
    cause = f'<span class="cause">{text(worst.reason)}</span>' if worst and worst.reason else ""
    summary = (
        f"{badge(status)} <b>{text(scenario.title)}</b> "
        f"<code>{text(scenario.path)}:{scenario.line}</code>{cause}"
    )
    return Card(
        place,
        status,
        " ".join(dict.fromkeys(_words(scenario, with_rows=proved is None))),
        summary,
        "".join(_body(scenario, place, tests, proved)),
    )


def _words(scenario: ScenarioData, *, with_rows: bool) -> Iterator[str]:
    """Yield what a search finds a card by, besides what is written on it."""
    yield from scenario.detects
    for run in scenario.runs if with_rows else ():
        for archive in run.archives:
            yield from (archive.resource_id, archive.tag, archive.version_hash)


def _body(
    scenario: ScenarioData, place: str, tests: list[TestData], proved: Proved | None
) -> Iterator[str]:
    own = [run for run in scenario.runs if run.defect is None or proved is None]
    own.sort(key=lambda run: run.status not in RED)
    for number, run in enumerate(own):
        yield from _run(run, place, number, is_open=number == 0)
    alike: dict[str, list[RunData]] = {}
    for run in scenario.runs:
        if run not in own:
            alike.setdefault(likeness(run), []).append(run)
    if proved:
        for runs in alike.values():
            yield from _kills(runs, place, proved)
    yield f"<p>{text(scenario.description)}</p>" if scenario.description else ""
    yield from _detects(scenario, proved)
    yield from _others(tests)
    yield _source(scenario, place)


def _detects(scenario: ScenarioData, proved: Proved | None) -> Iterator[str]:
    if not scenario.detects:
        return
    words = (
        link(f"defect-{defect}", defect, kind="chip")
        if proved
        else f'<span class="chip">{text(defect)}</span>'
        for defect in scenario.detects
    )
    yield f"<details><summary>Claims: {len(scenario.detects)}</summary>"
    yield f'<p class="detects">{" ".join(words)}</p></details>'


def _kills(runs: list[RunData], place: str, proved: Proved) -> Iterator[str]:
    """Yield what defects make of a scenario that are red in the same way: the red step, once."""
    is_due = {str(run.defect) for run in runs} <= claims(proved.row)
    yield f'<details class="run{" kill" if is_due else ""}"><summary>'
    yield f"{badge('caught' if is_due else 'unclaimed')} "
    yield f"{text(', '.join(str(run.defect) for run in runs))}</summary>"
    for run in runs:
        anchor = anchor_of(str(run.defect), proved.matrix)
        yield f'<p id="{place}-{anchor}">{text(run.defect)} {_cells(run, proved.row)}</p>'
    yield from (f"<p>{text(run.reason)}</p>" for run in runs[:1] if not any(_reds(run)))
    for step in _reds(runs[0]):
        yield from red_step(step, runs[0], place)
    yield "</details>"


def _reds(run: RunData) -> list[StepData]:
    return [step for step in run.steps if step.differences]


def _run(run: RunData, place: str, number: int, *, is_open: bool) -> Iterator[str]:
    yield f'<details class="run" id="{place}-run{number}"{" open" if is_open else ""}><summary>'
    yield f"{badge(run.status)} {_who(run)} "
    yield f'<span class="cells">in {text(", ".join(run.cells))}</span></summary>'
    reds = _reds(run)
    if run.reason and not reds:
        yield f'<p class="reason">{text(run.reason)}</p>'
    yield '<div class="run-body"><div>'
    for step in reds:
        yield from red_step(step, run, place)
    if run.explanation:
        yield f'<p>Query and plan</p><pre tabindex="0">{text(run.explanation)}</pre>'
    if not reds:
        yield from transcript(run, place, list(run.steps))
    yield f"</div>{_timeline(run)}</div>"
    if reds:
        yield f"<details><summary>All {len(run.steps)} steps</summary>"
        yield from transcript(run, place, list(run.steps))
        yield "</details>"
    yield from calls(run)
    yield "</details>"


def _timeline(run: RunData) -> str:
    drawn = picture(run)
    label = text(f"Timeline, {_who(run)}")
    region = f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
    return f"{region}{drawn}</div>" if drawn else ""


def _who(run: RunData) -> str:
    case = f", case {text(run.case)}" if run.case else ""
    who = f"with {text(run.defect)}" if run.defect else "reference"
    return f"{who} on {text(run.target)}{case}"


def _cells(run: RunData, row: RowData) -> str:
    states = row.cells.get(run.defect or "", {})
    shows = [cell for cell, state in states.items() if state == SHOWN]
    masks = [cell for cell in states if cell not in shows]
    hidden = f"; hidden in {text(', '.join(masks))}" if masks else ""
    return f'<span class="cells">shown in {text(", ".join(shows))}{hidden}</span>'


def _others(tests: list[TestData]) -> Iterator[str]:
    """Yield what pytest says of each test that did not pass, once per status and reason."""
    found: dict[tuple[str, str], list[TestData]] = {}
    for test in tests:
        if test.status != "passed":
            found.setdefault((test.status, test.reason), []).append(test)
    for (status, reason), alike in found.items():
        cells = ", ".join(test.cell or test.id.partition("::")[2] for test in alike)
        yield f"<p>{badge(status)} {text(cells)}: {text(reason)}</p>"
        detail = next((test.detail for test in alike if test.detail), "")
        if detail:
            yield "<details><summary>What pytest printed</summary>"
            yield f'<pre tabindex="0">{text(detail)}</pre></details>'


def _source(scenario: ScenarioData, place: str) -> str:
    lines = "".join(
        f'<span id="{place}-L{number}"><i>{number}</i>{text(line)}\n</span>'
        for number, line in enumerate(scenario.source.splitlines(), start=1)
    )
    return (
        f'<details class="source"><summary>Source: {text(scenario.path)}</summary>'
        f'<pre tabindex="0">{lines}</pre></details>'
    )
