"""The scenarios of a page: for each its runs as timeline and transcript, and its source."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_stigmer.prove.proof import SHOWN
from pytest_stigmer.report.data import (
    STATUSES,
    Document,
    RowData,
    RunData,
    ScenarioData,
    StepData,
    TestData,
)
from pytest_stigmer.report.markup import badge, chips, link, pairs, sent, shown, text
from pytest_stigmer.report.picture import legend, picture

_MERE_SUCCESS = (("", "success"),)


def anchors(document: Document) -> dict[str, str]:
    """Return the anchor of each scenario, by its path."""
    return {scenario.path: f"s{n}" for n, scenario in enumerate(document.scenarios, start=1)}


def scenario_cards(document: Document) -> Iterator[str]:
    """Yield a card per scenario; those that are not green are open."""
    yield legend()
    places = anchors(document)
    rows = {row.path: row for row in document.matrix.rows} if document.matrix else {}
    for scenario in document.scenarios:
        tests = [test for test in document.tests if test.scenario == scenario.path]
        yield from _card(scenario, places[scenario.path], tests, rows.get(scenario.path))


def _card(
    scenario: ScenarioData, place: str, tests: list[TestData], row: RowData | None
) -> Iterator[str]:
    status = min((test.status for test in tests), key=STATUSES.index, default="passed")
    is_open = "" if status == "passed" else " open"
    words = text(" ".join(_words(scenario)).lower())
    yield (
        f'<details class="item card" id="{place}" data-status="{status}" data-words="{words}"'
        f"{is_open}><summary>{badge(status)} <span>{text(scenario.title)}</span> "
        f"<code>{text(scenario.path)}:{scenario.line}</code></summary>"
    )
    yield f"<p>{text(scenario.description)}</p>" if scenario.description else ""
    yield _detects(scenario, row)
    for number, run in enumerate(scenario.runs):
        yield from _run(run, place, number, row)
    yield from _details(tests)
    yield _source(scenario, place)
    yield "</details>"


def _words(scenario: ScenarioData) -> Iterator[str]:
    yield from (scenario.title, scenario.path, *scenario.detects)
    for run in scenario.runs:
        yield from (run.status, run.reason)
        for archive in run.archives:
            yield from (archive.resource_id, archive.tag, archive.version_hash)


def _detects(scenario: ScenarioData, row: RowData | None) -> str:
    if not scenario.detects:
        return ""
    words = (
        link(f"defect-{defect}", defect, kind="chip") if row else chips([defect])
        for defect in scenario.detects
    )
    return f'<p class="detects">detects {" ".join(words)}</p>'


def _run(run: RunData, place: str, number: int, row: RowData | None) -> Iterator[str]:
    name = f"{place}-{run.defect}" if run.defect else f"{place}-run{number}"
    is_proof = row is not None and run.defect is not None
    yield f'<details class="run" id="{text(name)}"{"" if is_proof else " open"}><summary>'
    yield f"{_caught(run, row) if is_proof else badge(run.status)} {_who(run)}</summary>"
    yield f'<p class="reason">{text(run.reason)}</p>' if run.reason else ""
    yield _cells(run, row)
    drawn = picture(run)
    if drawn:
        label = text(f"Timeline, {_who(run)}")
        yield f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{drawn}</div>'
    yield from _transcript(run, place, is_open=run.status != "passed" and not is_proof)
    if run.explanation:
        yield f"<details><summary>Query and plan</summary><pre>{text(run.explanation)}</pre>"
        yield "</details>"
    yield "</details>"


def _caught(run: RunData, row: RowData | None) -> str:
    is_due = row is not None and run.defect in (*row.claimed, *row.unjudged)
    return badge("caught" if is_due else "unclaimed")


def _who(run: RunData) -> str:
    case = f", case {text(run.case)}" if run.case else ""
    return (f"with {text(run.defect)}" if run.defect else "reference") + case


def _cells(run: RunData, row: RowData | None) -> str:
    states = row.cells.get(run.defect, {}) if row and run.defect else {}
    if not states:
        return f'<p class="cells">plan cells {chips(run.cells)}</p>'
    shows = [cell for cell, state in states.items() if state == SHOWN]
    masks = [cell for cell in states if cell not in shows]
    line = f'<p class="cells">shown by {chips(shows, kind="shows")}'
    return f"{line} masked by {chips(masks)}</p>" if masks else f"{line}</p>"


def _transcript(run: RunData, place: str, *, is_open: bool) -> Iterator[str]:
    yield f"<details{' open' if is_open else ''}>"
    yield f"<summary>Transcript: {len(run.steps)} steps</summary>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Transcript">'
    yield '<table class="steps"><thead><tr><th scope="col">Step</th><th scope="col">Clock</th>'
    yield '<th scope="col">Sent</th><th scope="col">Answer</th><th scope="col">Expected</th>'
    yield "</tr></thead><tbody>"
    yield from (_step(number, step, place) for number, step in enumerate(run.steps, start=1))
    if run.stopped is not None and run.stopped not in [step.line for step in run.steps]:
        yield f'<tr class="wrong"><td colspan="5">stopped at {_line(place, run.stopped)}</td></tr>'
    yield "</tbody></table></div></details>"


def _step(number: int, step: StepData, place: str) -> str:
    saved = f'<p class="as">as {text(step.save_as)}</p>' if step.save_as else ""
    kind = ' class="wrong"' if step.differences else ""
    return (
        f'<tr{kind}><th scope="row">{number}<br>{_line(place, step.line)}</th>'
        f"<td>{text(step.at[11:-1])}</td>"
        f"<td><b>{text(step.verb)}</b>{pairs(step.sent)}{saved}</td>"
        f"<td>{_answer(step)}</td><td>{_expected(step)}{_differences(step)}</td>"
        "</tr>"
    )


def _answer(step: StepData) -> str:
    if step.left_out:
        return text(f"left out: {step.left_out}")
    return pairs(step.got, step.server_times) or "done"


def _expected(step: StepData) -> str:
    return "" if step.expected == _MERE_SUCCESS and not step.differences else pairs(step.expected)


def _differences(step: StepData) -> str:
    items = "".join(
        f"<li>{text(d.where or 'the answer')} {text(d.why)}: "
        f"{shown(d.got)}{sent(d.where, step.server_times)}, not {shown(d.expected)}</li>"
        for d in step.differences
    )
    return f'<ul class="differences">{items}</ul>' if items else ""


def _line(place: str, line: int) -> str:
    return link(f"{place}-L{line}", f"line {line}")


def _details(tests: list[TestData]) -> Iterator[str]:
    for test in tests:
        if test.detail:
            name = test.cell or test.status
            yield f"<details><summary>What pytest says: {text(name)}</summary>"
            yield f"<pre>{text(test.detail)}</pre></details>"


def _source(scenario: ScenarioData, place: str) -> str:
    lines = "".join(
        f'<span id="{place}-L{number}"><i>{number}</i>{text(line)}\n</span>'
        for number, line in enumerate(scenario.source.splitlines(), start=1)
    )
    return (
        f'<details class="source"><summary>Source: {text(scenario.path)}</summary>'
        f"<pre>{lines}</pre></details>"
    )
