"""Which conditions there are, and under which ones a scenario is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from pytest_stigmer.conditions.again import Again
from pytest_stigmer.conditions.busy import Busy
from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.elsewhen import ELSEWHEN, BeforeTime, EndOfTime
from pytest_stigmer.conditions.long_past import LongerPast, LongestPast, LongPast
from pytest_stigmer.conditions.migrated import Migrated
from pytest_stigmer.conditions.neighbours import Neighbours
from pytest_stigmer.conditions.other_seed import OtherSeed
from pytest_stigmer.conditions.restart import Restart
from pytest_stigmer.conditions.rolled_back import RolledBack
from pytest_stigmer.conditions.same_content import SameContent
from pytest_stigmer.conditions.two_registries import TwoProcesses, TwoRegistries
from pytest_stigmer.conditions.under import Under
from pytest_stigmer.conditions.warm import Warm
from pytest_stigmer.errors import UsageError
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.target import Target
from pytest_stigmer.store.plans import PLAN_CELLS, PlanCell

CONDITIONS: dict[str, type[Condition]] = {
    one.name: one
    for one in (
        Neighbours,
        Restart,
        TwoRegistries,
        TwoProcesses,
        Warm,
        RolledBack,
        Again,
        LongPast,
        LongerPast,
        LongestPast,
        SameContent,
        Busy,
        Migrated,
        OtherSeed,
        *ELSEWHEN,
    )
}
"""All conditions by name; `a+b` is both at once."""

MIXTURES: dict[str, tuple[type[Condition], ...]] = {
    "crowded": (Neighbours, SameContent, LongPast, OtherSeed, BeforeTime),
    "restless": (Warm, TwoRegistries, RolledBack, Again, Restart, EndOfTime),
}
"""Several conditions at once: what is cheap together, and shows what each of them shows."""

DEFAULT = tuple(MIXTURES)
"""What every run is made under, besides nothing."""

PLAIN = PLAN_CELLS[0].name
"""The cell of a run under no condition, on the real schema."""
_PLANS = {cell.name: cell for cell in PLAN_CELLS}


def chosen(text: str) -> tuple[str, ...]:
    """Read `default`, `all`, `none` or names; raise UsageError with the nearest for another."""
    sets = {"default": DEFAULT, "all": tuple(CONDITIONS), "none": ()}
    if text in sets:
        return sets[text]
    names = tuple(word.strip() for word in text.split(",") if word.strip())
    for name in names:
        classes_of(name)
    return names


def classes_of(name: str) -> tuple[type[Condition], ...]:
    """Return the conditions of a cell; none for a plan cell."""
    if name in _PLANS:
        return ()
    known = {**{word: (one,) for word, one in CONDITIONS.items()}, **MIXTURES}
    words = name.split("+")
    for word in words:
        if word not in known:
            raise UsageError.unknown("condition", word, known)
    return tuple(one for word in words for one in known[word])


def is_watchable(name: str) -> bool:
    """Whether a run in a cell can be watched, as each of its conditions tells."""
    return all(one.is_watchable for one in classes_of(name))


def _left(cell: str, scenario: Scenario) -> list[type[Condition]]:
    """Return the conditions of a cell without those that the scenario leaves out, in any form."""
    excluded = tuple(CONDITIONS[name] for name in scenario.not_under if name in CONDITIONS)
    return [one for one in classes_of(cell) if not issubclass(one, excluded)]


def plan_of(name: str) -> PlanCell:
    """Return the plans of a cell; those of the real schema under a condition."""
    return _PLANS.get(name, PLAN_CELLS[0])


def plan_cells(scenario: Scenario, *, own_store: bool = True) -> tuple[str, ...]:
    """Return the plan cells of a scenario: all for `matrix: plans`, else the real schema's.

    A store that is not our own has the plan that it has.
    """
    return tuple(_PLANS) if scenario.matrix == "plans" and own_store else (PLAIN,)


def conditions_of(
    scenario: Scenario, names: Iterable[str], *, harmful: bool = True
) -> tuple[str, ...]:
    """Return under which of these a scenario is run.

    Those that `not_under` names are left out, of several at once too; where nothing may be harmed
    only those are there that add nothing.
    """
    return tuple(
        name for name in names if any(one.is_harmless or harmful for one in _left(name, scenario))
    )


def label_of(scenario: Scenario, cell: str) -> str:
    """Return how an item, and a report, names a scenario in a cell."""
    return scenario.label if cell == PLAIN else f"{scenario.label}[{cell}]"


def rewritten(scenario: Scenario, cell: str, seed: int) -> Scenario:
    """Return a scenario as it is run in a cell, in a run of this seed."""
    for one in _left(cell, scenario):
        scenario = one.rewritten(scenario, seed)
    return scenario


@contextmanager
def under(
    cell: str,
    target: Target,
    scenario: Scenario,
    *,
    harmful: bool = True,
    provided: frozenset[str] | None = None,
) -> Iterator[Target]:
    """Give the target on which a scenario is run in a cell.

    Of several conditions at once those are left out that nobody can provide: that need more than
    `provided`, or than the target's capabilities.
    """
    classes = [one for one in _left(cell, scenario) if one.is_harmless or harmful]
    if not classes:
        yield target
        return
    found = target.capabilities if provided is None else provided
    possible = [one for one in classes if one.needs <= found]
    with closing(Under(target, scenario, possible or classes[:1], found)) as placed:
        yield placed
