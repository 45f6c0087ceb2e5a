"""The many runs of a proof: on the reference and on defects, in plan cells, and none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.catalogue import recipe_with

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome


class Prover:
    """Runs one scenario under defects; `run_on` makes a run on a recipe, in a cell, for a defect.

    What a scenario cannot tell apart is one run: a proof makes it once.
    """

    def __init__(
        self, scenario: Scenario, run_on: Callable[[Recipe, str, str | None], Outcome]
    ) -> None:
        self._scenario = scenario
        self._run_on = run_on
        self._known: dict[tuple[Hashable, str], Outcome] = {}

    def run(self, defect: str | None, cell: str) -> Outcome:
        """Return how the scenario ends under a defect; None is the reference."""
        recipe = recipe_with(defect)
        key = (parts_reached(self._scenario, recipe), cell)
        if key not in self._known:
            self._known[key] = self._run_on(recipe, cell, defect)
        return self._known[key]


def parts_reached(scenario: Scenario, recipe: Recipe) -> Hashable:
    """Return the constructors whose work a scenario can see.

    A scenario without a verb of the skill API sees the store alone: under all recipes with the same
    store it is the same run.
    """
    return recipe if "skills" in scenario.needs else (recipe.store, recipe.fresh_file)
