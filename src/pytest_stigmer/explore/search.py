"""The explorer: random histories on a registry until one is answered wrongly, then the shortest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import ServerLost, UsageError
from pytest_stigmer.explore.comparison import Comparison, Counterexample, Journal
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.explore.shrink import shrunk
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.scenario.target import Target

OpenTarget = Callable[[], AbstractContextManager[Target]]

SURFACES = ("skills", "store")
HISTORIES = 50
"""How many histories a round tries before the clock is looked at."""
STEPS = 30
"""How many steps a history has at most."""


@dataclass(frozen=True)
class Search:
    """Where and how to search: what opens a fresh registry, and whose messages it speaks.

    Where that registry follows Python's clock, the caller has frozen it. `otherwise` names the
    disputed points in which it is held to the other answer.
    """

    open_target: OpenTarget
    generation: Generation
    seed: int = 0
    otherwise: frozenset[str] = frozenset()

    def surfaces(self) -> list[str]:
        """Return which sorts of histories the target can be driven through."""
        with self.open_target() as subject:
            return [surface for surface in SURFACES if surface in subject.capabilities]

    def round(
        self, surface: str, number: int = 0, *, histories: int | None = None
    ) -> Counterexample | None:
        """Try random histories, HISTORIES unless told; equal numbers and seeds are equal ones.

        Raises ServerLost when the server is lost before anything is found.
        """
        from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
        from hypothesis.errors import HypothesisException
        from hypothesis.stateful import run_state_machine_as_test

        journal = Journal()
        machine = self._machine(surface, journal)
        how = settings(
            max_examples=histories or HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(seed(self.seed * 1_000_003 + number)(machine), settings=how)
        except (AssertionError, HypothesisException, BaseExceptionGroup, ServerLost) as error:
            if journal.found is None:
                raise journal.lost or error from None
        return journal.found and shrunk(journal.found, self.fresh)

    def _machine(self, surface: str, journal: Journal) -> Any:
        from pytest_stigmer.explore.skill_machine import SkillMachine
        from pytest_stigmer.explore.store_machine import StoreMachine

        base: Any = {"skills": SkillMachine, "store": StoreMachine}[surface]
        how = {"fresh": staticmethod(self.fresh), "journal": journal}
        return type(base.__name__, (base,), how)

    @contextmanager
    def fresh(self) -> Iterator[Comparison]:
        """Open a new registry beside a new model, both at the start of time."""
        factory = Factory(self.seed, "explore", self.generation)
        model = ModelTarget(factory, self.generation, otherwise=self.otherwise)
        with self.open_target() as subject:
            comparison = Comparison(subject, model)
            comparison.begin()
            yield comparison


@dataclass(frozen=True)
class Exploration:
    """How a search ended: what was found, if anything, and what was tried."""

    found: Counterexample | None
    rounds: int
    seconds: float


def explore(search: Search, *, minutes: float) -> Exploration:
    """Search until something certain is found, at most for so many minutes.

    Each surface is searched once at the least. What was seen and does not repeat is the answer when
    the time is up, or when the server is lost after it; ServerLost is raised where nothing was.
    """
    begun = stopwatch()
    surfaces = search.surfaces()
    seen: Counterexample | None = None
    for number in count():
        try:
            found = search.round(surfaces[number % len(surfaces)], number)
        except ServerLost:
            if seen is None:
                raise
            return Exploration(seen, number, stopwatch() - begun)
        is_certain = found is not None and found.is_certain
        seen = found if is_certain else seen or found
        seconds, rounds = stopwatch() - begun, number + 1
        if is_certain or (rounds >= len(surfaces) and seconds >= minutes * 60):
            return Exploration(seen, rounds, seconds)
    raise AssertionError("counting has no end")


def check_installed() -> None:
    """Raise UsageError when Hypothesis is not installed."""
    try:
        import hypothesis  # noqa: F401
    except ImportError as error:
        raise UsageError.not_installed("explore", ["hypothesis"], "explore") from error
