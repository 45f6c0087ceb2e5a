"""The explorer: random histories on a registry, and the shortest of each cause of wrong answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import ServerLost, UsageError
from pytest_stigmer.explore.causes import Seen
from pytest_stigmer.explore.comparison import Comparison
from pytest_stigmer.explore.counterexample import Counterexample, Journal
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.explore.shrink import shrunk
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.target import Target

OpenTarget = Callable[[], AbstractContextManager[Target]]

SURFACES = ("skills", "store")
HISTORIES = 50
"""How many histories a round tries before the clock is looked at."""
STEPS = 30
"""How many steps a history has at most."""
TIMES = 3
"""How often a cause is looked for that is not certain, before it is gone past."""


@dataclass(frozen=True)
class Search:
    """Where and how to search: what opens a fresh registry, and whose messages it speaks.

    Where that registry follows Python's clock, the caller has frozen it. `otherwise` names the
    disputed points in which it is held to the other answer; wrong answers by what was
    `seen` are gone past.
    """

    open_target: OpenTarget
    generation: Generation
    seed: int = 0
    otherwise: frozenset[str] = frozenset()
    seen: Seen = field(default_factory=Seen)

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
        if journal.found is None:
            return None
        found = shrunk(journal.found, self.fresh)
        return replace(found, rests_on_known=self._rests_on_known(found))

    def _rests_on_known(self, found: Counterexample) -> bool:
        """Whether a registry without fault does not keep the scenario either."""
        if not (self.seen.met or self.seen.disputed):
            return False
        told = loads(found.scenario().encode(), Path("found.scenario.yaml"))
        return run(told, self._model()).status is not Status.PASSED

    def _model(self) -> ModelTarget:
        factory = Factory(self.seed, "explore", self.generation)
        return ModelTarget(factory, self.generation, otherwise=self.otherwise)

    def _machine(self, surface: str, journal: Journal) -> Any:
        from pytest_stigmer.explore.skill_machine import SkillMachine
        from pytest_stigmer.explore.store_machine import StoreMachine

        base: Any = {"skills": SkillMachine, "store": StoreMachine}[surface]
        how = {"fresh": staticmethod(self.fresh), "journal": journal}
        return type(base.__name__, (base,), how)

    @contextmanager
    def fresh(self) -> Iterator[Comparison]:
        """Open a new registry beside a new model, both at the start of time."""
        with self.open_target() as subject:
            comparison = Comparison(subject, self._model(), self.seen)
            comparison.begin()
            yield comparison


@dataclass
class Exploration:
    """How a search ended: by cause what was found, and what was tried.

    `is_lost` where the server was lost at last.
    """

    causes: dict[str, Counterexample] = field(default_factory=dict)
    rounds: int = 0
    seconds: float = 0.0
    is_lost: bool = False
    _times: Counter[str] = field(default_factory=Counter)

    @property
    def found(self) -> list[Counterexample]:
        """What was found and can be shown by itself, what is certain first."""
        shown = [one for one in self.causes.values() if not one.rests_on_known]
        return sorted(shown, key=lambda one: not one.is_certain)

    @property
    def resting(self) -> list[str]:
        """The causes that were met after known ones alone, so that nothing is shown of them."""
        return [cause for cause, one in self.causes.items() if one.rests_on_known]

    def keep(self, found: Counterexample) -> bool:
        """Keep what says most of a cause; tell whether it need not be looked for again."""
        self._times[found.cause] += 1
        before = self.causes.get(found.cause)
        if before is None or _worth(found) > _worth(before):
            self.causes[found.cause] = found
        return _worth(found) == (True, True) or self._times[found.cause] >= TIMES


def _worth(found: Counterexample) -> tuple[bool, bool]:
    return not found.rests_on_known, found.is_certain


def explore(search: Search, *, minutes: float) -> Exploration:
    """Search for so many minutes; go past each cause that was found, and tell all.

    Each surface is searched once at the least. What does not repeat, or shows after known causes
    alone, is looked for again, TIMES at most. When the server is lost, what was found before is
    the answer; ServerLost is raised where that is nothing.
    """
    begun = stopwatch()
    surfaces = search.surfaces()
    done = Exploration()
    for number in count():
        try:
            found = search.round(surfaces[number % len(surfaces)], number)
        except ServerLost:
            if not done.causes:
                raise
            done.is_lost = True
            break
        if found is not None and done.keep(found):
            search.seen.known.add(found.cause)
        done.rounds = number + 1
        if done.rounds >= len(surfaces) and stopwatch() - begun >= minutes * 60:
            break
    done.seconds = stopwatch() - begun
    return done


def check_installed() -> None:
    """Raise UsageError when Hypothesis is not installed."""
    try:
        import hypothesis  # noqa: F401
    except ImportError as error:
        raise UsageError.not_installed("explore", ["hypothesis"], "explore") from error
