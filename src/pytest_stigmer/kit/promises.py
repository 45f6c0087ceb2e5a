"""The promises as tests: which there are, and how one is asked of a user's own registry."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import pytest
from _pytest.outcomes import Failed

from pytest_stigmer.conditions.choice import PLAIN, rewritten, under
from pytest_stigmer.declared import SESSION
from pytest_stigmer.errors import UsageError
from pytest_stigmer.scenario.disputed import points_of
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.model import Scenario, Step
from pytest_stigmer.scenario.render import render
from pytest_stigmer.scenario.report import Page, page
from pytest_stigmer.scenario.runner import Outcome, Status, run
from pytest_stigmer.scenario.shipped import known_scenarios
from pytest_stigmer.scenario.shown_bytes import without_bytes
from pytest_stigmer.scenario.target import Target

ORDERING = "ordering"
"""The folder of the promises about order."""


@dataclass(frozen=True)
class Promise:
    """A scenario, or one case of it, asked in a cell; `name` is that of the scenario's file."""

    id: str
    name: str
    scenario: Scenario
    cell: str = PLAIN

    @property
    def test_id(self) -> str:
        """The test's id, after the class."""
        return self.id if self.cell == PLAIN else f"{self.id}[{self.cell}]"


class NotKept(Failed):
    """A promise that is not kept: pytest shows the text alone."""

    def __init__(self, text: str, page: Page, outcome: Outcome) -> None:
        super().__init__(text, pytrace=False)
        self.page = page
        self.outcome = outcome


@cache
def promises_of(subject: str) -> tuple[Promise, ...]:
    """Return the promises about a `store` or about `skills`, read once per process.

    One that speaks to the skill API and looks behind it too is about `skills`. Those about order
    come first: a wrong order breaks others too, which say less about it.
    """
    return tuple(
        promise
        for promise in sorted(_all(), key=lambda one: one.scenario.path.parent.name != ORDERING)
        if ("skills" in promise.scenario.needs) == (subject == "skills")
    )


@cache
def _all() -> tuple[Promise, ...]:
    return tuple(
        Promise(case.key, case.name, case)
        for path in known_scenarios()
        for case in load(path).expanded()
    )


def check_names(names: Iterable[str], promises: Iterable[Promise]) -> None:
    """Raise UsageError, with the nearest, for a name that no promise has."""
    known = {word for promise in promises for word in (promise.id, promise.name)}
    for name in names:
        if name not in known:
            raise UsageError.unknown("promise", name, sorted(known))


def without_texts(scenario: Scenario) -> Scenario:
    """Return a scenario that expects of failures their status, and names, but no sentence."""
    return replace(scenario, steps=tuple(map(_step_without_texts, scenario.steps)))


def _step_without_texts(step: Step) -> Step:
    fails = step.fails
    if fails and " " in fails.message:
        fails = replace(fails, message="")
    return replace(step, fails=fails, steps=tuple(map(_step_without_texts, step.steps)))


def ask(promise: Promise, target: Target, test: pytest.Item, provided: frozenset[str]) -> None:
    """Run a promise as a test; fail with the page that the scenario prints.

    `provided` are the capabilities that conditions may use.
    """
    cell = promise.cell
    scenario = rewritten(promise.scenario, cell, test.config.stash[SESSION].options.seed)
    with under(cell, target, scenario, provided=provided) as placed:
        outcome = without_bytes(run(scenario, placed))
    test.user_properties += points_of(outcome)
    if outcome.status in (Status.SKIPPED, Status.INCONCLUSIVE):
        pytest.skip(outcome.reason)
    if outcome.status is not Status.PASSED:
        told = replace(page(outcome), replay=f"pytest {test.nodeid!r}")
        shown = render(told, shutil.get_terminal_size().columns)
        raise NotKept(f"{promise.test_id} is not kept\n{shown}", told, outcome)
