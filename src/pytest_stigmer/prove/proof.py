"""The proof: a scenario is green on the reference and red under exactly the defects it claims."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.model import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

PLAIN_CELL = "v2"
"""The one plan cell of a scenario without a matrix: the real schema as it is."""

SHOWN = "shown"
MASKED = "masked"


def plan_cells(scenario: Scenario, *, own_store: bool = True) -> Sequence[str]:
    """Return the plan cells a scenario runs in: all for `matrix: plans`, else the real schema's.

    A store that is not our own has the plan that it has.
    """
    if scenario.matrix != "plans" or not own_store:
        return (PLAIN_CELL,)
    from pytest_stigmer.store.plans import PLAN_CELLS

    return tuple(cell.name for cell in PLAN_CELLS)


@dataclass(frozen=True)
class Row:
    """One scenario's line of the kill matrix.

    `cells` maps each defect's id to what each plan cell did with it: `shown` (red) or `masked`
    (green). `faults` are sentences about runs that neither passed nor failed, or a reference that
    is not green. `unjudged` are the defects of another owner that turn it red although it does not
    claim them. `is_partial` says that only chosen defects were tried.
    """

    title: str
    path: str
    line: int
    claimed: tuple[str, ...]
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    is_partial: bool = False

    @property
    def name(self) -> str:
        """The scenario file's name without its suffix."""
        return PurePath(self.path).name.removesuffix(SUFFIX)

    @cached_property
    def killed(self) -> set[str]:
        """The defects that at least one plan cell shows."""
        return {defect for defect, cells in self.cells.items() if SHOWN in cells.values()}

    def problems(self) -> list[str]:
        """Return why this row is not as claimed, a sentence each; empty when it is."""
        claimed, killed = set(self.claimed), self.killed
        if self.faults and not self.cells:
            return list(self.faults)
        found = list(self.faults)
        found += [
            f"claims {defect}, but stays green under it" for defect in sorted(claimed - killed)
        ]
        unclaimed = killed - claimed - set(self.unjudged)
        found += [f"is red under {defect}, but does not claim it" for defect in sorted(unclaimed)]
        if not claimed and not killed and not self.is_partial:
            found.append("kills no defect: it proves nothing")
        return found

    def as_data(self) -> dict[str, Any]:
        """Return the row as plain data, for reports that cross processes."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Row:
        """Build the row that `as_data` described."""
        listed = {name: tuple(data[name]) for name in ("claimed", "faults", "unjudged")}
        return cls(**{**data, **listed})


def prove(
    scenario: Scenario,
    defects: Iterable[str],
    cells: Sequence[str],
    run: Callable[[str | None, str], Outcome],
    *,
    of_others: Container[str] = (),
    is_partial: bool = False,
) -> Row:
    """Run a scenario on the reference and on each of these defects, once per plan cell.

    `run` takes a defect's id, or None for the reference, and a plan cell's name. Being red under
    one of `of_others` needs no claim. What is not green on the reference proves nothing further.
    With `is_partial` the defects are chosen ones: claims of others are not looked at.
    """
    chosen = tuple(defects)
    claimed = tuple(claim for claim in scenario.detects if claim in chosen or not is_partial)
    faults = [
        f"is {outcome.status} on the reference (plan cell {cell}): {outcome.reason}"
        for cell in cells
        if (outcome := run(None, cell)).status != "passed"
    ]
    kills: dict[str, dict[str, str]] = {}
    for defect in () if faults else chosen:
        kills[defect] = {}
        for cell in cells:
            outcome = run(defect, cell)
            if outcome.status not in ("passed", "failed"):
                faults.append(f"is {outcome.status} under {defect} ({cell}): {outcome.reason}")
            kills[defect][cell] = MASKED if outcome.status == "passed" else SHOWN
    row = Row(
        title=scenario.title,
        path=str(scenario.path),
        line=scenario.line,
        claimed=claimed,
        cells=kills,
        faults=tuple(faults),
        is_partial=is_partial,
    )
    unclaimed = (defect for defect in chosen if defect in row.killed - set(claimed))
    return replace(row, unjudged=tuple(found for found in unclaimed if found in of_others))
