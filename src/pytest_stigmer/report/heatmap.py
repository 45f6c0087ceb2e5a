"""The kill matrix as a heat map: a row per defect, a column per scenario, linked to both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import PurePosixPath

from pytest_stigmer.prove.proof import SHOWN
from pytest_stigmer.report.data import DefectData, MatrixData, RowData
from pytest_stigmer.report.markup import chips, link, text
from pytest_stigmer.scenario.model import stem_of

_HEATS = 4
_PROBLEMS = 8


def heatmap(matrix: MatrixData, places: Mapping[str, str]) -> Iterator[str]:
    """Yield the section; `places` maps a scenario's path to its anchor."""
    yield '<section aria-labelledby="matrix"><h2 id="matrix">Kill matrix</h2>'
    yield from _problems(matrix)
    yield (
        "<p>A number tells in how many plan cells a scenario is red under a defect; the darker, "
        "the more of its cells show it. <b>!</b> is claimed and not seen, <b>?</b> seen and not "
        "claimed. Follow a number to the run that shows it.</p>"
    )
    yield '<div class="scroll matrix" tabindex="0" role="region" aria-labelledby="matrix">'
    yield f'<table class="heat">{_head(matrix, places)}'
    for family, defects in groupby(_reached(matrix), key=lambda defect: defect.family):
        yield (
            f'<tbody><tr class="family"><th scope="rowgroup" colspan="{len(matrix.rows) + 2}">'
            f"{text(family)}</th></tr>"
        )
        yield from (_row(defect, matrix.rows, places) for defect in defects)
        yield "</tbody>"
    yield "</table></div>"
    yield from _catalogue(matrix, places)
    yield "</section>"


def _problems(matrix: MatrixData) -> Iterator[str]:
    items = [f"<li>{text(problem)}</li>" for problem in matrix.problems]
    if items:
        yield f'<ul class="problems">{"".join(items[:_PROBLEMS])}</ul>'
    if len(items) > _PROBLEMS:
        yield f"<details><summary>and {len(items) - _PROBLEMS} more problems</summary>"
        yield f'<ul class="problems">{"".join(items[_PROBLEMS:])}</ul></details>'
    left_out = len(matrix.defects) - len(_reached(matrix))
    if left_out:
        yield (
            f"<p>Not all shipped scenarios ran: {left_out} defects are out of reach of these and "
            "are left out.</p>"
        )


def _reached(matrix: MatrixData) -> list[DefectData]:
    """Leave out the defects of other scenarios; with all scenarios, a survivor is a finding."""
    return [
        defect
        for defect in matrix.defects
        if matrix.is_complete
        or any(
            defect.id in row.claimed or SHOWN in row.cells.get(defect.id, {}).values()
            for row in matrix.rows
        )
    ]


def _head(matrix: MatrixData, places: Mapping[str, str]) -> str:
    columns = "".join(
        f'<th scope="col" class="column" title="{text(row.title)}"><div>'
        f"{link(places[row.path], _name(row)) if row.path in places else text(_name(row))}"
        "</div></th>"
        for row in matrix.rows
    )
    return (
        '<thead><tr><th scope="col" class="corner">Defect</th>'
        f'<th scope="col" class="killers">Killers</th>{columns}</tr></thead>'
    )


def _name(row: RowData) -> str:
    return stem_of(PurePosixPath(row.path).name)


def _row(defect: DefectData, rows: tuple[RowData, ...], places: Mapping[str, str]) -> str:
    killers = sum(1 for row in rows if SHOWN in row.cells.get(defect.id, {}).values())
    cells = "".join(_cell(defect, row, places) for row in rows)
    words = text(f"{defect.id} {defect.family} {defect.harm}".lower())
    return (
        f'<tr class="defect" data-words="{words}"><th scope="row">'
        f"{link(f'defect-{defect.id}', defect.id)}</th>"
        f'<td class="killers{"" if killers else " none"}">{killers}</td>{cells}</tr>'
    )


def _cell(defect: DefectData, row: RowData, places: Mapping[str, str]) -> str:
    states = list(row.cells.get(defect.id, {}).values())
    shown, is_claimed = states.count(SHOWN), defect.id in row.claimed
    if not shown and not is_claimed:
        return "<td></td>"
    title = f"{defect.id}: red in {shown} of {len(states)} plan cells of {row.title}"
    if not shown:
        title, mark, kind = f"{defect.id}: claimed and not seen by {row.title}", "!", "wrong"
    elif is_claimed or defect.id in row.unjudged:
        mark, kind = str(shown), f"heat{_heat(shown, len(states))}"
    else:
        title, mark, kind = f"{title}; not claimed", f"{shown}?", "wrong"
    target = f"{places[row.path]}-{defect.id}" if row.path in places else "matrix"
    return (
        f'<td class="{kind}"><a href="#{text(target)}" title="{text(title)}" '
        f'aria-label="{text(title)}">{mark}</a></td>'
    )


def _heat(shown: int, cells: int) -> int:
    return -(-shown * _HEATS // cells)


def _catalogue(matrix: MatrixData, places: Mapping[str, str]) -> Iterator[str]:
    yield "<details><summary>The defects in words</summary>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Defects"><table>'
    yield '<thead><tr><th scope="col">Defect</th><th scope="col">Harm</th>'
    yield '<th scope="col">Origin</th><th scope="col">Seen by</th></tr></thead><tbody>'
    for defect in _reached(matrix):
        seen = [row for row in matrix.rows if SHOWN in row.cells.get(defect.id, {}).values()]
        links = "<br>".join(link(places.get(row.path, "matrix"), row.title) for row in seen)
        yield (
            f'<tr id="defect-{text(defect.id)}"><th scope="row">{text(defect.id)}<br>'
            f"{chips([defect.family])}</th><td>{text(defect.harm)}</td>"
            f"<td>{text(defect.origin)}</td><td>{links or 'no scenario'}</td></tr>"
        )
    yield "</tbody></table></div></details>"
