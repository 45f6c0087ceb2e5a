"""The many runs of a proof: on the reference and on the defects that a scenario can meet."""

from __future__ import annotations

import gc
import inspect
import signal
import sys
import threading
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_stigmer.conditions.choice import plan_of
from pytest_stigmer.defects.catalogue import recipe_with
from pytest_stigmer.prove.beside import Beside, changed_names, changed_queries, opened
from pytest_stigmer.prove.replay import Journal
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.runner import Outcome
from pytest_stigmer.skills.archive import Archive, ArchiveReader
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import template

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import CodeType, FrameType

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Status


K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Reached:
    """What a run on the reference met: functions it called, queries it asked, archives it read.

    `beside` tells which defects would have answered otherwise there; so does the `journal`.
    """

    beside: Beside
    journal: Journal
    functions: set[CodeType] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)
    accepted: dict[bytes, Archive] = field(default_factory=dict)

    def meets(self, defect: str) -> bool:
        """Whether a defect changes anything of it; else the run would be the same."""
        if defect in self.beside.asked:
            return defect in self.beside.unlike
        return self._reaches(recipe_with(defect)) and not self.journal.answers_alike(defect)

    def _reaches(self, recipe: Recipe) -> bool:
        for part in fields(recipe):
            given, own = getattr(recipe, part.name), getattr(REFERENCE, part.name)
            if part.name == "store":
                if self._meets_store(given):
                    return True
            elif given != own and self._meets_class(given, own):
                return True
        return False

    def spared(self, recipe: Recipe) -> Recipe:
        """Return a recipe whose reader, if it is the reference's, knows what was accepted here."""
        if recipe.archives is not REFERENCE.archives:
            return recipe
        accepted = self.accepted

        class Knowing(ArchiveReader):
            def read(self, data: bytes) -> Archive:
                return accepted.get(data) or super().read(data)

        return replace(recipe, archives=Knowing)

    def _meets_store(self, given: Any) -> bool:
        store, settings = opened(given)
        changed = changed_queries(settings.pop("queries", None))
        migrations = settings.pop("migrations", Migrations)
        return bool(
            settings
            or changed & self.queries
            or self._meets_class(migrations, Migrations)
            or self._meets_class(store, SqliteStore)
        )

    def _meets_class(self, given: Any, own: Any) -> bool:
        changed = changed_names(given, own) if isinstance(own, type) else None
        return changed is None or any(self._calls(own, name) for name in changed)

    def _calls(self, own: type, name: str) -> bool:
        """Whether a name of a part was used; a name of a subclass alone is used by nobody else."""
        found = inspect.getattr_static(own, name, None)
        if found is None:
            return name.startswith("__")
        found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
        code = getattr(inspect.unwrap(found) if callable(found) else found, "__code__", None)
        return code is None or code in self.functions


@contextmanager
def watched(defects: Iterable[str], ddl: tuple[str, ...] = ()) -> Iterator[tuple[Recipe, Reached]]:
    """Give a recipe of the reference, and what is met while it is used in this block.

    Files are made with `ddl`.
    """
    beside = Beside(defects)
    journal = Journal(ddl)
    reached = Reached(beside, journal)

    class Watched(Queries):
        def __getattribute__(self, name: str) -> Any:
            reached.queries.add(name)
            return super().__getattribute__(name)

    class Remembering(beside.watching(ArchiveReader)):  # type: ignore[misc]
        def read(self, data: bytes) -> Archive:
            found: Archive = super().read(data)
            reached.accepted[data] = found
            return found

    def note(frame: FrameType, event: str, argument: object) -> None:
        del argument
        if event == "call":
            reached.functions.add(frame.f_code)

    recipe = replace(
        REFERENCE,
        store=partial(
            journal.kept_by(beside.watching(SqliteStore)),
            queries=Watched(),
            migrations=beside.watching(Migrations),
        ),
        archives=Remembering,
        index=beside.watching(SlugIndex),
        references=beside.watching(ReferenceResolver),
        skills=beside.watching(SkillController),
        endpoint=beside.watching(SkillEndpoint),
    )
    before, of_threads = sys.getprofile(), threading.getprofile()
    sys.setprofile(note)
    threading.setprofile(note)
    try:
        yield recipe, reached
    finally:
        sys.setprofile(before)
        threading.setprofile(of_threads)


class Prover:
    """Runs a scenario under defects; `run_on` makes one run: of a case, on a recipe, in a cell.

    It is given the defect's id too. To watch a run costs more than a few runs of defects, so cells
    in which there are but few of them can be left unwatched. A defect that changes nothing of what
    the reference's run of a case met cannot show in it: that run is not made. Each case meets its
    own part of a registry.
    """

    def __init__(
        self,
        scenario: Scenario,
        run_on: Callable[[Scenario, Recipe, str, str | None], Outcome],
        defects: Iterable[str],
        unwatched: Container[str] = (),
    ) -> None:
        self._cases = scenario.expanded()
        self._run_on = run_on
        self._defects = tuple(defects)
        self._unwatched = unwatched
        self._known: dict[tuple[str, int], tuple[Outcome, Reached]] = {}
        self._ahead: dict[tuple[str | int, str], Outcome] = {}

    def run(self, defect: str | None, cell: str) -> Outcome:
        """Return how the scenario ends under a defect: its first case that is red, or the last.

        None is the reference, which comes first in each cell.
        """
        if defect is not None and (defect, cell) in self._ahead:
            return self._ahead.pop((defect, cell))
        for number, case in enumerate(self._cases):
            if defect is not None:
                outcome = self._under(number, case, cell, defect)
            elif (number, cell) in self._ahead:
                outcome = self._ahead.pop((number, cell))
            else:
                outcome = self._reference(number, case, cell)
            if outcome.status != "passed":
                name = f"case {case.case['case']}: " if case.case else ""
                return replace(outcome, reason=f"{name}{outcome.reason}")
        return outcome

    def run_ahead(
        self,
        runs: Sequence[tuple[str, str]],
        cells: Sequence[str],
        processes: int,
        begin: Callable[[int], None],
    ) -> None:
        """Make these runs, of a defect in a cell each, in several processes at once.

        Those of the reference in `cells`, which are not watched, are made with them, each case by
        itself. Each fork calls `begin` with its number. Of what such a run did only its end is
        told.
        """

        def told(run: tuple[str | int, str]) -> tuple[Status, str]:
            which, cell = run
            if isinstance(which, int):
                outcome = self._reference(which, self._cases[which], cell)
            else:
                outcome = self.run(which, cell)
            return outcome.status, outcome.reason

        work: list[tuple[str | int, str]] = list(runs)
        work += [(number, cell) for cell in cells for number in range(len(self._cases))]
        for run, (status, reason) in shared(work, told, processes, begin).items():
            self._ahead[run] = Outcome(self._cases[0], "local", status, reason=reason)

    def _under(self, number: int, case: Scenario, cell: str, defect: str) -> Outcome:
        known = self._known.get((cell, number))
        if known is None:
            return self._run_on(case, recipe_with(defect), cell, defect)
        outcome, reached = known
        if not reached.meets(defect):
            return outcome
        return self._run_on(case, reached.spared(recipe_with(defect)), cell, defect)

    def _reference(self, number: int, case: Scenario, cell: str) -> Outcome:
        template(ddl=plan_of(cell).ddl)  # made once per process: no run's own doing
        if cell in self._unwatched:
            return self._run_on(case, REFERENCE, cell, None)
        with watched(self._defects, plan_of(cell).ddl) as (recipe, reached):
            outcome = self._run_on(case, recipe, cell, None)
        # Only its end is told again; its answers can be megabytes.
        self._known[cell, number] = replace(outcome, performed=()), reached
        return outcome


def shared(
    work: Sequence[K], do: Callable[[K], V], processes: int, begin: Callable[[int], None]
) -> dict[K, V]:
    """Return what `do` returns for each piece of work, shared with forks of this process.

    They know all that it knows, and their values cross as pickles; what a fork fails at is left
    out. Each calls `begin` with its number first.
    """
    parts = [work[number::processes] for number in range(processes)]
    forks = [_fork(part, do, begin, number) for number, part in enumerate(parts[1:], 1) if part]
    done = {piece: do(piece) for piece in parts[0]}
    for process, ours in forks:
        with suppress(EOFError):
            done |= ours.recv()
        ours.close()
        process.join()
    return done


def _fork(
    part: Sequence[K], do: Callable[[K], V], begin: Callable[[int], None], number: int
) -> tuple[BaseProcess, Connection]:
    def work() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the process that asked
        gc.freeze()  # what is open in the process that was forked is not to be closed here
        begin(number)
        theirs.send({piece: do(piece) for piece in part})

    processes = get_context("fork")
    ours, theirs = processes.Pipe(duplex=False)
    with warnings.catch_warnings():
        # It goes on with this thread alone, and calls nothing that others have locked.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = processes.Process(target=work, daemon=True)
        process.start()
    theirs.close()
    return process, ours
