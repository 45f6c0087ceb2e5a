"""Searches on local registries, and what becomes of what they find."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.defects.catalogue import find
from pytest_stigmer.explore.search import Search
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.runner import run
from pytest_stigmer.targets.local import LocalTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.explore.counterexample import Counterexample
    from pytest_stigmer.scenario.runner import Status


@pytest.fixture
def searching(tmp_path: Path, api: Generation) -> Iterator[Callable[..., Search]]:
    """Give a function that makes a search on local registries with defects."""
    count = 0
    clock = FrozenClock()

    def made(*defects: str | None, seed: int = 0) -> Search:
        recipe = REFERENCE
        for defect in filter(None, defects):
            recipe = find(defect).apply(recipe)

        @contextmanager
        def open_target() -> Iterator[Any]:
            nonlocal count
            count += 1
            folder = tmp_path / str(count)
            folder.mkdir()
            path, factory = folder / "stigmer.db", Factory(0, "explore", api)
            target = LocalTarget(path, clock=clock, factory=factory, generation=api, recipe=recipe)
            try:
                yield target
            finally:
                target.close()
                shutil.rmtree(folder)

        return Search(open_target, api, seed=seed)

    with clock:
        yield made


@pytest.fixture
def judged(searching: Callable[..., Search], tmp_path: Path) -> Callable[..., tuple[Status, ...]]:
    """Give a function that runs what was found as a scenario: on a defect, on the reference."""

    def verdicts(found: Counterexample, *defects: str) -> tuple[Status, ...]:
        path = tmp_path / "found.scenario.yaml"
        path.write_text(found.scenario(), encoding="utf-8")
        targets = (searching(*names).open_target() for names in (defects, ()))
        with next(targets) as broken, next(targets) as sound:
            return tuple(run(load_scenario(path), target).status for target in (broken, sound))

    return verdicts
