"""The kill matrix of a run: merged from its rows, judged, and drawn as a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.harness.proof import SHOWN, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Matrix:
    """Every proved scenario against every defect.

    `complete` tells whether all shipped scenarios are among the rows: only then is a defect without
    a killer a fault of the catalogue.
    """

    rows: Sequence[Row]
    defects: Sequence[str]
    complete: bool

    def killers(self, defect: str) -> list[str]:
        """Return the titles of the scenarios that a defect turns red."""
        return [row.title for row in self.rows if defect in row.killed]

    def uncaught(self) -> list[str]:
        """Return the defects that no scenario turns red."""
        caught = set().union(*(row.killed for row in self.rows)) if self.rows else set()
        return [defect for defect in self.defects if defect not in caught]

    def problems(self) -> list[str]:
        """Return why the matrix is not exact, a sentence each; empty when it is."""
        found = [f"{row.title} {problem}" for row in self.rows for problem in row.problems()]
        if not self.rows:
            found.append("no scenario ran")
        if self.complete:
            found += [f"{defect} is caught by no scenario" for defect in self.uncaught()]
        return found


def merge(rows: Iterable[Row], defects: Sequence[str], shipped: Iterable[Path]) -> Matrix:
    """Put rows into file order, however many processes they came from."""
    ordered = sorted(rows, key=lambda row: (row.path, row.title))
    ran = {Path(row.path).name for row in ordered}
    complete = {path.name for path in shipped} <= ran
    return Matrix(ordered, defects, complete)


def draw(matrix: Matrix, width: int) -> list[str]:
    """Draw the matrix as lines of text: per defect which scenarios and plan cells show it."""
    lines = ["defect" + " " * (_name_width(matrix) - 4) + "killed by  cells  scenarios"]
    lines += [_line(matrix, defect, width) for defect in matrix.defects]
    return [*lines, "", *_verdict(matrix)]


def _name_width(matrix: Matrix) -> int:
    return max([len(defect) for defect in matrix.defects] + [6])


def _line(matrix: Matrix, defect: str, width: int) -> str:
    shown = cells = 0
    for row in matrix.rows:
        states = list(row.cells.get(defect, {}).values())
        if SHOWN in states:
            shown += states.count(SHOWN)
            cells += len(states)
    killers = matrix.killers(defect)
    ratio = f"{shown}/{cells}" if killers else "-"
    names = "; ".join(killers) or "none"
    text = f"{defect:<{_name_width(matrix)}}  {len(killers):>9}  {ratio:>5}  {names}"
    return text if len(text) <= width else text[: width - 3] + "..."


def _verdict(matrix: Matrix) -> list[str]:
    problems = matrix.problems()
    size = f"{len(matrix.rows)} scenarios x {len(matrix.defects)} defects"
    if problems:
        return [f"{size}: NOT as claimed", *(f"  - {problem}" for problem in problems)]
    if not matrix.complete:
        uncaught = len(matrix.uncaught())
        return [
            f"{size}: exactly as claimed ({uncaught} defects are out of these scenarios' reach)"
        ]
    return [f"{size}: exactly as claimed, every defect is caught"]
