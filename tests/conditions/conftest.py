"""Runs of small scenarios under conditions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pytest_stigmer.api.generation import load as load_generation
from pytest_stigmer.clock import DEFAULT_START, FrozenClock
from pytest_stigmer.conditions.choice import plan_of, rewritten, under
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.registry.assembly import REFERENCE, Recipe
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.runner import Outcome
from pytest_stigmer.scenario.runner import run as run_on
from pytest_stigmer.targets.local import LocalTarget

Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give what runs a case (the first one) of a scenario in a cell, on a registry of a recipe."""
    generation = load_generation("bundled")
    numbers = iter(range(100))

    def run(text: str, cell: str, recipe: Recipe = REFERENCE, case: int = 0) -> Outcome:
        number = next(numbers)
        path = tmp_path / f"{number}.scenario.yaml"
        path.write_text(f"scenario: x\n{text}", encoding="utf-8")
        scenario = rewritten(load(path).expanded()[case], cell, seed=0)
        with FrozenClock(scenario.clock or DEFAULT_START) as clock:
            target = LocalTarget(
                tmp_path / f"{number}.db",
                clock=clock,
                factory=Factory(1, "x", generation),
                generation=generation,
                recipe=recipe,
                cell=plan_of(cell),
            )
            with closing(target), under(cell, target, scenario) as placed:
                return run_on(scenario, placed)

    return run
