"""Which catalogued defects a registry is likely to have: the fewest that explain its red steps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_stigmer.conditions.choice import PLAIN, plan_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_stigmer.scenario.model import Scenario

    RedsUnder = Callable[[str, Scenario, str], frozenset[str]]

_MOST_TURNS = 20_000
"""How long a smaller set is looked for; the smallest one is nearly always found at once."""


class Red(NamedTuple):
    """A red step, as `steps_of` names it, of one case of a scenario in one cell."""

    scenario: str
    cell: str
    step: str

    @property
    def place(self) -> str:
        """The scenario, and the condition if there is one."""
        return self.scenario if self.cell == PLAIN else f"{self.scenario} under {self.cell}"


@dataclass(frozen=True)
class Asked:
    """One case of a scenario that was asked in a cell, and which of its steps were red."""

    scenario: Scenario
    cell: str
    reds: frozenset[str]

    def of(self, steps: Iterable[str]) -> frozenset[Red]:
        """Return these steps as reds."""
        return frozenset(Red(self.scenario.key, self.cell, step) for step in steps)


@dataclass(frozen=True)
class Cause:
    """What a defect explains; `instead` are others that fit where no other cause does.

    Without a defect: what none explains.
    """

    defect: str
    instead: tuple[str, ...]
    reds: tuple[Red, ...]


def diagnose(asked: Sequence[Asked], reds_under: RedsUnder) -> list[Cause]:
    """Return the fewest defects that explain the red steps, each with those that it explains.

    Only defects that red scenarios claim are thought of, and none that a scenario claims which is
    green on the target, or a case of one. `reds_under` runs a case in a cell on our own registry
    with a defect in place, and returns its red steps.
    """
    told = _told(asked)
    reds = frozenset(red for one in told for red in one.of(one.reds))
    explained = {}
    for defect in sorted(_suspects(asked, reds_under)):
        found = _explained(defect, told, reds_under)
        if found & reds:
            explained[defect] = found
    chosen = _fewest({defect: found & reds for defect, found in explained.items()})
    causes = [_cause(defect, chosen, explained, reds) for defect in chosen]
    causes.sort(key=lambda cause: (-len(cause.reds), cause.defect))
    unknown = reds.difference(*explained.values())
    return causes + ([Cause("", (), _sorted(unknown))] if unknown else [])


def _told(asked: Sequence[Asked]) -> list[Asked]:
    """Leave out, of what was asked under conditions, all but what is red there alone."""
    plain = {one.scenario.key: one.reds for one in asked if one.cell == PLAIN}
    told = [one for one in asked if one.cell == PLAIN]
    for one in asked:
        reds = one.reds - plain.get(one.scenario.key, frozenset())
        if one.cell != PLAIN and reds:
            told.append(Asked(one.scenario, one.cell, reds))
    return told


def _suspects(asked: Sequence[Asked], reds_under: RedsUnder) -> set[str]:
    """Return what red scenarios claim and no green one does."""
    by_file: defaultdict[Path, list[Asked]] = defaultdict(list)
    for one in asked:
        by_file[one.scenario.path].append(one)
    found: set[str] = set()
    for told in by_file.values():
        if any(one.reds for one in told):
            found.update(told[0].scenario.detects, *told[0].scenario.detects_under.values())
    for told in by_file.values():
        plain = [one for one in told if one.cell == PLAIN]
        cases = max(len(told[0].scenario.cases), 1)
        if len(plain) == cases and not any(one.reds for one in told):
            found -= {
                claim for claim in told[0].scenario.detects if _shows(claim, plain, reds_under)
            }
    return found


def _shows(claim: str, plain: Sequence[Asked], reds_under: RedsUnder) -> bool:
    """Whether a scenario shows what it claims with the plans of the real schema."""
    if len(plan_cells(plain[0].scenario)) == 1:
        return True
    return any(reds_under(claim, one.scenario, PLAIN) for one in plain)


def _explained(defect: str, told: Sequence[Asked], reds_under: RedsUnder) -> frozenset[Red]:
    """Return which steps a defect turns red; none where it turns a case red that is green."""
    found: set[Red] = set()
    for one in told:
        claims = one.scenario.detects_under.get(one.cell, ()) if one.cell != PLAIN else ()
        if defect not in (*one.scenario.detects, *claims):
            continue
        steps = reds_under(defect, one.scenario, one.cell)
        if steps and not one.reds and one.cell == PLAIN:
            return frozenset()
        found |= one.of(steps)
    return frozenset(found)


def _fewest(explained: Mapping[str, frozenset[Red]]) -> list[str]:
    """Return a smallest set of defects that explains all that any explains."""
    order = sorted(explained, key=lambda defect: (-len(explained[defect]), defect))
    best = list(order)
    turns = 0

    def search(left: frozenset[Red], taken: list[str]) -> None:
        nonlocal best, turns
        turns += 1
        if not left:
            best = min(best, taken, key=len)
            return
        most = max(len(explained[defect] & left) for defect in order)
        if turns > _MOST_TURNS or len(taken) - (-len(left) // most) >= len(best):
            return
        hardest = min(left, key=lambda red: (sum(red in explained[d] for d in order), red))
        fitting = [defect for defect in order if hardest in explained[defect]]
        for defect in sorted(fitting, key=lambda defect: -len(explained[defect] & left)):
            search(left - explained[defect], [*taken, defect])

    search(frozenset().union(*explained.values()), [])
    return best


def _cause(
    defect: str,
    chosen: Sequence[str],
    explained: Mapping[str, frozenset[Red]],
    reds: frozenset[Red],
) -> Cause:
    """Name the defect that fits best of all that explain what only this one of the chosen does."""
    others = (explained[other] for other in chosen if other != defect)
    alone = (explained[defect] & reds).difference(*others)
    fitting = [one for one in explained if alone <= explained[one]]
    fitting = [one for one in fitting if one == defect or one not in chosen]
    # The fewer other steps it would turn red, the better; then the more it explains.
    fitting.sort(key=lambda one: (len(explained[one] - reds), -len(explained[one] & reds), one))
    return Cause(fitting[0], tuple(fitting[1:]), _sorted(explained[fitting[0]] & reds))


def _sorted(reds: Iterable[Red]) -> tuple[Red, ...]:
    def place(red: Red) -> tuple[str, str, int, str]:
        number = red.step.partition(":")[0]
        return red.scenario, red.cell, int(number) if number.isdecimal() else 0, red.step

    return tuple(sorted(reds, key=place))
