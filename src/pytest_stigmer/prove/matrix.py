"""The kill matrix of a run: merged from its rows, judged, and drawn as a table."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.errors import counted
from pytest_stigmer.prove.proof import SHOWN, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Paint = Callable[..., str]

_MIN_WIDTH = 60
_NAMES_WIDTH = 30
_INDENT = 4


def plain(text: str, **colours: bool) -> str:
    """Return the text as it is: the paint of a pipe."""
    del colours
    return text


@dataclass(frozen=True)
class Matrix:
    """Every proved scenario against every defect.

    `complete` tells whether all shipped scenarios are among the rows: only then is a defect without
    a killer a fault of the catalogue. One of `wanted`, asked for by name, must have one anyway.
    With `is_part` other rows are elsewhere: what needs all of them is not judged.
    """

    rows: Sequence[Row]
    defects: Sequence[str]
    complete: bool
    wanted: Sequence[str] = ()
    is_part: bool = False

    def killers(self, defect: str) -> list[str]:
        """Return the titles of the scenarios that a defect turns red."""
        return [row.title for row in self.rows if defect in row.killed]

    def claimants(self, defect: str) -> list[str]:
        """Return the titles of the scenarios that claim to detect a defect."""
        return [row.title for row in self.rows if defect in {*row.claimed, *row.claims_under}]

    def uncaught(self) -> list[str]:
        """Return the defects that no scenario turns red."""
        caught = set().union(*(row.killed for row in self.rows)) if self.rows else set()
        return [defect for defect in self.defects if defect not in caught]

    def unclaimed(self) -> list[str]:
        """Return what turns scenarios red whose authors need not claim it, a sentence each."""
        return [
            f"{row.title} is also red under {', '.join(row.unjudged)}, and need not claim that"
            for row in self.rows
            if row.unjudged
        ]

    def _unclaimed_under(self) -> list[str]:
        """Return what only conditions show and nobody claims under one, a sentence each."""
        known = set().union(*(row.killed_plainly | row.claims_under for row in self.rows))
        return [
            f"{row.title} is red under {defect} only under {', '.join(row.shown_under(defect))}; "
            "claim it in detects_under of the scenario that is about it"
            for row in self.rows
            for defect in sorted(row.killed - known - set(row.unjudged))
            if not row.is_partial
        ]

    def problems(self) -> list[str]:
        """Return why the matrix is not exact, a sentence each; empty when it is."""
        found = [f"{row.title} {problem}" for row in self.rows for problem in row.problems()]
        if self.is_part:
            return found
        if not self.rows:
            found.append("no scenario ran")
        found += self._unclaimed_under()
        found += [
            f"{defect} is caught by no scenario"
            for defect in self.uncaught()
            if self.complete or defect in self.wanted
        ]
        return found


def merge(
    rows: Iterable[Row],
    defects: Sequence[str],
    shipped: Iterable[Path],
    wanted: Sequence[str] = (),
    *,
    is_part: bool = False,
) -> Matrix:
    """Put rows into file order, however many processes they came from."""
    ordered = sorted(rows, key=lambda row: (row.path, row.title))
    ran = {Path(row.path).name for row in ordered}
    complete = {path.name for path in shipped} <= ran
    return Matrix(ordered, defects, complete, wanted, is_part)


def draw(matrix: Matrix, width: int, paint: Paint = plain) -> list[str]:
    """Draw the matrix as lines of at most `width` columns, or as a name is long.

    Per defect: how many scenarios are red under it, in how many of their plan cells, and which
    scenarios, by file. Defects that the scenarios of this run neither catch nor claim are left out.
    """
    defects = [
        defect
        for defect in matrix.defects
        if matrix.complete or matrix.killers(defect) or matrix.claimants(defect)
    ]
    columns = _Columns(defects, width)
    lines = [f"{'defect':<{columns.name}}  red     cells  scenarios"]
    for defect in defects:
        lines += _entry(matrix, defect, columns, paint)
    return lines


def draw_families(
    matrix: Matrix, family_of: Callable[[str], str], width: int, paint: Paint = plain
) -> list[str]:
    """Say per family how many of its defects are caught; a family with a survivor comes first."""
    uncaught = Counter(map(family_of, matrix.uncaught()))
    families = Counter(map(family_of, matrix.defects))
    told = {
        family: f"{family} {count - uncaught[family]}/{count}"
        for family, count in sorted(families.items())
    }
    lines = [paint(told.pop(family), red=True) for family in sorted(uncaught)]
    caught = f"caught, by family: {', '.join(told.values())}" if told else ""
    return [*lines, *textwrap.wrap(caught, max(width, _MIN_WIDTH), subsequent_indent="  ")]


class _Columns:
    """Where the columns stand; narrow terminals get the scenarios below their defect."""

    def __init__(self, defects: Sequence[str], width: int) -> None:
        self.name = max([len(defect) for defect in defects] + [len("defect")])
        self.width = max(width, _MIN_WIDTH)
        beside = self.name + len("  123  1234/1234  ")
        self.is_wide = self.width - beside >= _NAMES_WIDTH
        self.indent = " " * (beside if self.is_wide else _INDENT)


def _entry(matrix: Matrix, defect: str, columns: _Columns, paint: Paint) -> list[str]:
    killers = [row for row in matrix.rows if defect in row.killed]
    states = [state for row in killers for state in row.cells[defect].values()]
    ratio = f"{states.count(SHOWN)}/{len(states)}" if states else "-"
    head = f"{defect:<{columns.name}}  {len(killers):>3}  {ratio:>9}  "
    names = textwrap.wrap(
        ", ".join(_told(row, defect) for row in killers) or "none",
        columns.width - len(columns.indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    first = names.pop(0) if columns.is_wide else ""
    lines = [f"{head}{first}".rstrip(), *(f"{columns.indent}{line}" for line in names)]
    judged = {row.title for row in killers if defect not in row.unjudged}
    is_exact = bool(killers) and set(matrix.claimants(defect)) == judged
    return lines if is_exact else [paint(line, red=True) for line in lines]


def _told(row: Row, defect: str) -> str:
    """Return a scenario's name, and the conditions without which it shows nothing."""
    if defect in row.killed_plainly:
        return row.name
    return f"{row.name} under {' and '.join(row.shown_under(defect))}"


def judge(matrix: Matrix, width: int, paint: Paint = plain) -> list[str]:
    """Say whether the matrix is as claimed, and all that is not, in full."""
    size = f"{counted(len(matrix.rows), 'scenario')} x {counted(len(matrix.defects), 'defect')}"
    problems, seen = matrix.problems(), _listed(matrix.unclaimed(), width)
    if problems:
        return [paint(f"{size}: NOT as claimed", red=True), *_listed(problems, width), *seen]
    if matrix.complete:
        return [paint(f"{size}: exactly as claimed, every defect is caught", green=True), *seen]
    uncaught = f"{counted(len(matrix.uncaught()), 'defect')} out of these scenarios' reach"
    return [paint(f"{size}: exactly as claimed", green=True), uncaught, *seen]


def _listed(sentences: Iterable[str], width: int) -> list[str]:
    return [
        line
        for sentence in sentences
        for line in textwrap.wrap(
            sentence,
            max(width, _MIN_WIDTH),
            initial_indent="  - ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
    ]
