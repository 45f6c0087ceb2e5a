"""Scenarios run on any recipe, as the proof runs them."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import DEFAULT_START, FrozenClock
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.loader import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.registry.assembly import Recipe

HERE = Path(__file__).parent


@pytest.fixture
def session() -> Iterator[HarnessSession]:
    """Give the state of a run with default options; its scratch folder goes at the end."""
    made = HarnessSession(Options())
    yield made
    made.close()


@pytest.fixture
def names() -> Callable[[str], dict[str, Any]]:
    """Give a function that runs a file beside these tests and returns its names."""
    return lambda file: runpy.run_path(str(HERE / file))


@pytest.fixture
def status_on(
    session: HarnessSession, names: Callable[[str], dict[str, Any]]
) -> Iterator[Callable[[Recipe, Path], str]]:
    """Give a function that runs a scenario file on a recipe and returns how it ended."""
    status = names("plan_report.py")["status"]
    with FrozenClock(DEFAULT_START) as clock:

        def worst(recipe: Recipe, path: Path) -> str:
            cases = load(path).expanded()
            statuses = [status(session, clock, recipe, case).value for case in cases]
            return next((one for one in statuses if one != "passed"), "passed")

        yield worst


@pytest.fixture
def reference() -> Recipe:
    """Give the registry that keeps every promise."""
    return REFERENCE
