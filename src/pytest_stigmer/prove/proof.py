"""The proof: a scenario is green on the reference and red under exactly the defects it claims."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.model import stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

SHOWN = "shown"
MASKED = "masked"
_NOTHING: Mapping[str, Iterable[str]] = {}


@dataclass(frozen=True)
class Row:
    """One scenario's line of the kill matrix.

    `cells` maps each defect's id to what each cell did with it: `shown` (red) or `masked` (green);
    a cell is a plan, or one of `conditions`. `claimed_under` are the claims by condition. `faults`
    are sentences about runs that neither passed nor failed, or a reference that is not green.
    `unjudged` are the defects of another owner that turn it red although it does not claim them.
    `is_partial` says that only chosen defects were tried.
    """

    title: str
    path: str
    line: int
    claimed: tuple[str, ...]
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    is_partial: bool = False
    conditions: tuple[str, ...] = ()
    claimed_under: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The scenario file's name without its suffix."""
        return stem_of(PurePath(self.path).name)

    @cached_property
    def killed(self) -> set[str]:
        """The defects that at least one cell shows."""
        return {defect for defect, cells in self.cells.items() if SHOWN in cells.values()}

    @cached_property
    def killed_plainly(self) -> set[str]:
        """The defects that at least one plan shows, without any condition."""
        return {
            defect
            for defect in self.killed
            if list(self.cells[defect].values()).count(SHOWN) > len(self.shown_under(defect))
        }

    def shown_under(self, defect: str) -> list[str]:
        """Return the conditions under which a defect shows."""
        cells = self.cells.get(defect, {})
        return [name for name in self.conditions if cells.get(name) == SHOWN]

    @property
    def claims_under(self) -> set[str]:
        """The defects that it claims under any condition."""
        return {defect for claims in self.claimed_under.values() for defect in claims}

    def problems(self) -> list[str]:
        """Return why this row is not as claimed, a sentence each; empty when it is."""
        claimed, killed = set(self.claimed), self.killed_plainly
        if self.faults and not self.cells:
            return list(self.faults)
        found = list(self.faults)
        found += [
            f"claims {defect}, but stays green under it" for defect in sorted(claimed - killed)
        ]
        unclaimed = killed - claimed - set(self.unjudged)
        found += [f"is red under {defect}, but does not claim it" for defect in sorted(unclaimed)]
        found += [
            f"claims {defect} under {condition}, but stays green under it"
            for condition, claims in self.claimed_under.items()
            for defect in claims
            if defect in self.cells and condition not in self.shown_under(defect)
        ]
        claims = claimed | self.claims_under
        if not claims and not killed and not self.is_partial:
            found.append("kills no defect: it proves nothing")
        return found

    def as_data(self) -> dict[str, Any]:
        """Return the row as plain data, for reports that cross processes."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Row:
        """Build the row that `as_data` described."""
        listed = {
            name: tuple(data[name]) for name in ("claimed", "faults", "unjudged", "conditions")
        }
        return cls(**{**data, **listed})


def prove(
    scenario: Scenario,
    defects: Iterable[str],
    cells: Sequence[str],
    run: Callable[[str | None, str], Outcome],
    *,
    tried: Mapping[str, Iterable[str]] = _NOTHING,
    of_others: Container[str] = (),
    is_partial: bool = False,
    ahead: Callable[[Sequence[tuple[str, str]]], None] | None = None,
) -> Row:
    """Run a scenario on the reference and on each of these defects, once per plan cell.

    `run` takes a defect's id, or None for the reference, and a cell's name. `tried` are the
    conditions under which the reference must be green too, where the target can provide them, and
    what is tried under each, unless a plan has shown it. Being red under one of `of_others` needs
    no claim. What is not green on the reference proves nothing further. With `is_partial` the
    defects are chosen ones: claims of others are not looked at. `ahead` is told, once the plans are
    green, which runs of defects follow.
    """
    chosen = tuple(defects)
    claimed = tuple(claim for claim in scenario.detects if claim in chosen or not is_partial)
    faults: dict[tuple[str, str], list[str]] = {}

    def on_reference(where: Iterable[str]) -> None:
        for cell in where:
            outcome = run(None, cell)
            if outcome.status not in ("passed", *_not_provided(cell, tried)):
                key = f"is {outcome.status} on the reference", outcome.reason
                faults.setdefault(key, []).append(cell)

    on_reference(cells)
    if ahead and not faults:
        ahead([(defect, cell) for defect in chosen for cell in cells])
    on_reference(tried)
    kills: dict[str, dict[str, str]] = {}
    for defect in () if faults else chosen:
        kills[defect] = {}
        for cell in cells:
            outcome = run(defect, cell)
            if outcome.status not in ("passed", "failed"):
                key = f"is {outcome.status} under {defect}", outcome.reason
                faults.setdefault(key, []).append(cell)
            kills[defect][cell] = MASKED if outcome.status == "passed" else SHOWN
    _try_what_is_left(kills, tried, run)
    row = Row(
        title=scenario.title,
        path=str(scenario.path),
        line=scenario.line,
        claimed=claimed,
        cells=kills,
        faults=tuple(f"{how} ({', '.join(where)}): {why}" for (how, why), where in faults.items()),
        is_partial=is_partial,
        conditions=tuple(tried),
        claimed_under=scenario.detects_under,
    )
    unclaimed = (defect for defect in chosen if defect in row.killed - set(claimed))
    return replace(row, unjudged=tuple(found for found in unclaimed if found in of_others))


def _try_what_is_left(
    kills: dict[str, dict[str, str]],
    tried: Mapping[str, Iterable[str]],
    run: Callable[[str | None, str], Outcome],
) -> None:
    """Try under the conditions what no plan has shown, and keep what came of it in `kills`."""
    left = {defect for defect in kills if SHOWN not in kills[defect].values()}
    for cell, candidates in tried.items():
        for defect in left.intersection(candidates):
            is_red = run(defect, cell).status in ("failed", "error")
            kills[defect][cell] = SHOWN if is_red else MASKED


def _not_provided(cell: str, conditions: Container[str]) -> tuple[str, ...]:
    """Return how a run may end besides green: nobody can provide every condition."""
    return ("skipped", "inconclusive") if cell in conditions else ()
