"""The proof's part of a page: what is not as claimed, a line per family, a row per defect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pytest_stigmer.prove.proof import SHOWN
from pytest_stigmer.report.data import DefectData, MatrixData, RowData
from pytest_stigmer.report.markup import link, text
from pytest_stigmer.scenario.model import stem_of

_FIRST = "ordering"
_PROBLEMS = 8


def proof(matrix: MatrixData, places: Mapping[str, str], packed: list[str]) -> Iterator[str]:
    """Yield the section; `places` maps a scenario's path to its anchor.

    The tables of families without a survivor are put on `packed`.
    """
    yield '<section aria-labelledby="proof"><h2 id="proof">Proof</h2>'
    reached = _reached(matrix)
    number = sum(1 for defect in reached if _seen(defect, matrix))
    yield f"<p><b>{number} of {len(reached)}</b> defects are caught.</p>"
    yield from _problems(matrix)
    families: dict[str, list[DefectData]] = {}
    for defect in sorted(reached, key=lambda one: (one.family != _FIRST, one.family)):
        families.setdefault(defect.family, []).append(defect)
    yield (
        "<p>Each defect is put into the reference, and every scenario runs again. A scenario "
        "stands beside the defects that it catches, with the number of its cells that show them: "
        "<b>3/9</b> is caught in three and hidden in six. <b>!</b> is claimed and not seen, "
        "<b>?</b> seen and not claimed. Follow a number to the run that shows it.</p>"
    )
    for family, defects in families.items():
        yield from _family(family, defects, matrix, places, packed)
    yield "</section>"


def anchor_of(defect: str, matrix: MatrixData) -> str:
    """Return how a defect is named in the anchors of the runs that catch it."""
    return f"d{[one.id for one in matrix.defects].index(defect)}"


def claims(row: RowData) -> frozenset[str]:
    """Return the defects that a scenario may catch."""
    under = (defect for defects in row.claimed_under.values() for defect in defects)
    return frozenset((*row.claimed, *row.unjudged, *under))


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
        or _seen(defect, matrix)
        or any(defect.id in row.claimed for row in matrix.rows)
    ]


def _seen(defect: DefectData, matrix: MatrixData) -> list[RowData]:
    return [row for row in matrix.rows if SHOWN in row.cells.get(defect.id, {}).values()]


def _family(
    family: str,
    defects: list[DefectData],
    matrix: MatrixData,
    places: Mapping[str, str],
    packed: list[str],
) -> Iterator[str]:
    number = sum(1 for defect in defects if _seen(defect, matrix))
    rows = "".join(_defect(defect, matrix, places) for defect in defects)
    table, more, kind = f"<table><tbody>{rows}</tbody></table>", " open", ' class="wrong"'
    if number == len(defects):
        more, kind = f' data-body="{len(packed)}"', ""
        packed.append(table)
        table = ""
    yield f'<details class="family"{more}><summary>{text(family)} '
    yield f"<b{kind}>{number}/{len(defects)}</b></summary>{table}</details>"


def _defect(defect: DefectData, matrix: MatrixData, places: Mapping[str, str]) -> str:
    rows = [row for row in matrix.rows if defect.id in row.cells or defect.id in row.claimed]
    place = anchor_of(defect.id, matrix)
    cells = " ".join(filter(None, (_cell(defect, row, place, places) for row in rows)))
    return (
        f'<tr class="defect" id="defect-{text(defect.id)}">'
        f'<th scope="row"><code>{text(defect.id)}</code><p>{text(defect.harm)}</p>'
        f"<small>{text(defect.origin)}</small></th>"
        f"<td>{cells or '<b class=wrong>no scenario</b>'}</td></tr>"
    )


def _cell(defect: DefectData, row: RowData, place: str, places: Mapping[str, str]) -> str:
    states = list(row.cells.get(defect.id, {}).values())
    shown, is_claimed = states.count(SHOWN), defect.id in row.claimed
    if not shown and not is_claimed:
        return ""
    mark = f"{shown}/{len(states)}" if shown else "!"
    is_wrong = not shown or defect.id not in claims(row)
    mark += "?" if shown and is_wrong else ""
    name = f"{stem_of(PurePosixPath(row.path).name)} {mark}"
    kind = "chip wrong" if is_wrong else "chip"
    if row.path not in places:
        return f'<span class="{kind}">{text(name)}</span>'
    return link(f"{places[row.path]}-{place}" if shown else places[row.path], name, kind=kind)
