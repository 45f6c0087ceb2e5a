"""The explorer: random histories on a registry until one is answered wrongly, then the shortest."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.contract.comparison import Comparison
from pytest_stigmer.contract.journal import Journal
from pytest_stigmer.contract.model_target import ModelTarget
from pytest_stigmer.contract.shrink import shrunk
from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.factory import Factory

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.contract.comparison import Counterexample
    from pytest_stigmer.scenario.target import Target

    OpenTarget = Callable[[], AbstractContextManager[Target]]

SURFACES = ("skills", "store")
HISTORIES = 50
"""How many histories are tried before the clock is looked at."""
STEPS = 30
"""How many steps a history has at most."""


@dataclass(frozen=True)
class Search:
    """Where and how to search: what opens a fresh registry, and whose messages it speaks.

    Where that registry follows Python's clock, the caller has frozen it.
    """

    open_target: OpenTarget
    generation: Generation
    seed: int = 0

    def surfaces(self) -> list[str]:
        """Return which sorts of histories the target can be driven through."""
        with self.open_target() as subject:
            return [surface for surface in SURFACES if surface in subject.capabilities]

    def round(
        self, surface: str, number: int = 0, *, histories: int = HISTORIES
    ) -> Counterexample | None:
        """Try a number of random histories; equal numbers and seeds are equal histories."""
        from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
        from hypothesis.errors import HypothesisException
        from hypothesis.stateful import run_state_machine_as_test

        journal = Journal()
        machine = self._machine(surface, journal)
        how = settings(
            max_examples=histories,
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
        except (AssertionError, HypothesisException, BaseExceptionGroup):
            if journal.found is None:
                raise
        return journal.found and shrunk(journal.found, self.fresh)

    def _machine(self, surface: str, journal: Journal) -> Any:
        from pytest_stigmer.contract.skill_machine import SkillMachine
        from pytest_stigmer.contract.store_machine import StoreMachine

        base: Any = {"skills": SkillMachine, "store": StoreMachine}[surface]
        how = {"fresh": staticmethod(self.fresh), "journal": journal}
        return type(base.__name__, (base,), how)

    @contextmanager
    def fresh(self) -> Iterator[Comparison]:
        """Open a new registry beside a new model, both at the start of time."""
        model = ModelTarget(Factory(self.seed, "explore", self.generation), self.generation)
        with self.open_target() as subject:
            comparison = Comparison(subject, model)
            comparison.begin()
            yield comparison


def explore(search: Search, *, minutes: float) -> tuple[Counterexample | None, float]:
    """Search for so many minutes; return the shortest wrong history, or None, and the seconds."""
    begun = stopwatch()
    surfaces = search.surfaces()
    number = 0
    while stopwatch() - begun < minutes * 60:
        found = search.round(surfaces[number % len(surfaces)], number)
        if found is not None:
            return found, stopwatch() - begun
        number += 1
    return None, stopwatch() - begun


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `stigmer-harness explore`."""
    parser.add_argument(
        "--target", default="local", metavar="local|service|HOST:PORT", help="what is explored"
    )
    parser.add_argument("--minutes", type=float, default=1.0, metavar="N", help="for how long")
    parser.add_argument("--defect", metavar="ID", help="with this catalogued defect in place")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which random histories")
    parser.add_argument(
        "--write",
        type=Path,
        default=Path("found.scenario.yaml"),
        metavar="FILE",
        help="where a counterexample is written (default: found.scenario.yaml)",
    )


def run(options: argparse.Namespace, search: Search) -> int:
    """Explore; write what is found as a scenario and return 1, or return 0 when all is well."""
    check_installed()
    if options.write.exists():
        raise UsageError.exists(options.write)
    found, seconds = explore(search, minutes=options.minutes)
    if found is None:
        sys.stdout.write(f"explored for {seconds:.0f} s with seed {options.seed}: no mismatch\n")
        return 0
    text = found.scenario()
    options.write.write_text(text, encoding="utf-8")
    sys.stdout.write(
        f"{found.why}\nwrote {options.write}: {found.length + 1} steps, found after "
        f"{seconds:.1f} s; run it: stigmer-harness run {options.write}\n"
    )
    return 1


def check_installed() -> None:
    """Raise UsageError when Hypothesis is not installed."""
    try:
        import hypothesis  # noqa: F401
    except ImportError as error:
        raise UsageError.not_installed("explore", ["hypothesis"], "explore") from error
