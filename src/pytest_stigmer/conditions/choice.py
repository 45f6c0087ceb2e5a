"""Which conditions there are, and under which ones a scenario is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from pytest_stigmer.conditions.again import Again
from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.long_past import LongerPast, LongestPast, LongPast
from pytest_stigmer.conditions.neighbours import Neighbours
from pytest_stigmer.conditions.restart import Restart
from pytest_stigmer.conditions.rolled_back import RolledBack
from pytest_stigmer.conditions.two_registries import TwoRegistries
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
        Warm,
        RolledBack,
        Again,
        LongPast,
        LongerPast,
        LongestPast,
    )
}
"""All conditions by name; `a+b` is both at once."""

DEFAULT = ("warm+two-registries+rolled-back+again+restart",)
"""What every run is made under, besides nothing: all that is cheap, some at once."""

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
    for word in name.split("+"):
        if word not in CONDITIONS:
            raise UsageError.unknown("condition", word, CONDITIONS)
    return tuple(CONDITIONS[word] for word in name.split("+"))


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
    """Return under which of these conditions a scenario is run.

    Of several at once those are left out that `not_under` names, and where nothing may be harmed
    those that add something to a registry.
    """
    found = []
    for name in names:
        kept = [
            one.name
            for one in classes_of(name)
            if one.name not in scenario.not_under and (harmful or one.is_harmless)
        ]
        found += ["+".join(kept)] if kept else []
    return tuple(dict.fromkeys(found))


def label_of(scenario: Scenario, cell: str) -> str:
    """Return how an item, and a report, names a scenario in a cell."""
    return scenario.label if cell == PLAIN else f"{scenario.label}[{cell}]"


def rewritten(scenario: Scenario, cell: str) -> Scenario:
    """Return a scenario as it is run in a cell."""
    for one in classes_of(cell):
        scenario = one.rewritten(scenario)
    return scenario


@contextmanager
def under(cell: str, target: Target, scenario: Scenario) -> Iterator[Target]:
    """Give the target on which a scenario is run in a cell."""
    classes = classes_of(cell)
    if not classes:
        yield target
        return
    with closing(Under(target, scenario, classes)) as found:
        yield found
