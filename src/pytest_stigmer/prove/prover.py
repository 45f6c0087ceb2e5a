"""The many runs of a proof: on the reference and on the defects that a scenario can meet."""

from __future__ import annotations

import inspect
import sys
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.conditions.choice import plan_of
from pytest_stigmer.defects.catalogue import recipe_with
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.skills.archive import Archive, ArchiveReader
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import template

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from types import CodeType, FrameType

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

_OF_EVERY_CLASS = frozenset(
    (
        *("__annotations__", "__dict__", "__doc__", "__firstlineno__", "__module__"),
        *("__qualname__", "__static_attributes__", "__weakref__"),
        *("__abstractmethods__", "_abc_impl"),
    )
)


@dataclass(frozen=True)
class Reached:
    """What a run on the reference met: functions it called, queries it asked, archives it read.

    The archives are listed per reader, each with what the reader made of it.
    """

    functions: set[CodeType] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)
    readers: list[list[tuple[bytes, object]]] = field(default_factory=list)

    def meets(self, recipe: Recipe) -> bool:
        """Whether a recipe changes anything of it; else the run would be the same."""
        for part in fields(recipe):
            given, own = getattr(recipe, part.name), getattr(REFERENCE, part.name)
            if part.name == "store":
                if self._meets_store(given):
                    return True
            elif part.name == "archives":
                if given != own and self._reads_otherwise(given):
                    return True
            elif given != own and self._meets_class(given, own):
                return True
        return False

    def _reads_otherwise(self, archives: Callable[[], ArchiveReader]) -> bool:
        """Whether any archive is another for these readers: one is given bytes and nothing else."""
        for read in self.readers:
            reader = archives()
            if any(_read(reader, data) != before for data, before in read):
                return True
        return False

    def spared(self, recipe: Recipe) -> Recipe:
        """Return a recipe whose reader, if it is the reference's, knows what was accepted here."""
        if recipe.archives is not REFERENCE.archives:
            return recipe
        accepted = {
            data: found
            for read in self.readers
            for data, found in read
            if isinstance(found, Archive)
        }

        class Knowing(ArchiveReader):
            def read(self, data: bytes) -> Archive:
                return accepted.get(data) or super().read(data)

        return replace(recipe, archives=Knowing)

    def _meets_store(self, store: Any) -> bool:
        settings: dict[str, Any] = {}
        while isinstance(store, partial):
            settings, store = {**store.keywords, **settings}, store.func
        own, asked = asdict(Queries()), settings.pop("queries", None) or Queries()
        changed = {name for name, text in own.items() if getattr(asked, name) != text}
        migrations = settings.pop("migrations", Migrations)
        return bool(
            settings
            or changed & self.queries
            or self._meets_class(migrations, Migrations)
            or self._meets_class(store, SqliteStore)
        )

    def _meets_class(self, given: Any, own: Any) -> bool:
        if not (isinstance(given, type) and isinstance(own, type) and issubclass(given, own)):
            return True
        below = given.__mro__[: given.__mro__.index(own)]
        changed = {name for cls in below for name in vars(cls)} - _OF_EVERY_CLASS
        return any(self._calls(own, name) for name in changed)

    def _calls(self, own: type, name: str) -> bool:
        """Whether a name of a part was used; a name of a subclass alone is used by nobody else."""
        found = inspect.getattr_static(own, name, None)
        if found is None:
            return name.startswith("__")
        found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
        code = getattr(inspect.unwrap(found) if callable(found) else found, "__code__", None)
        return code is None or code in self.functions


def _read(reader: ArchiveReader, data: bytes) -> object:
    try:
        return reader.read(data)
    except Exception as error:  # noqa: BLE001 - whatever a defect raises is another answer
        return _told(error)


def _told(error: Exception) -> object:
    return type(error), str(error)


@contextmanager
def watched() -> Iterator[tuple[Recipe, Reached]]:
    """Give a recipe of the reference, and what is met while it is used in this block."""
    reached = Reached()

    class Watched(Queries):
        def __getattribute__(self, name: str) -> Any:
            reached.queries.add(name)
            return super().__getattribute__(name)

    class WatchedReader(ArchiveReader):
        def __init__(self) -> None:
            self.archives: list[tuple[bytes, object]] = []
            reached.readers.append(self.archives)

        def read(self, data: bytes) -> Archive:
            try:
                found = super().read(data)
            except Exception as error:
                self.archives.append((data, _told(error)))
                raise
            self.archives.append((data, found))
            return found

    def note(frame: FrameType, event: str, argument: object) -> None:
        del argument
        if event == "call":
            reached.functions.add(frame.f_code)

    before, of_threads = sys.getprofile(), threading.getprofile()
    sys.setprofile(note)
    threading.setprofile(note)
    try:
        store = partial(SqliteStore, queries=Watched())
        yield replace(REFERENCE, store=store, archives=WatchedReader), reached
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
        unwatched: Container[str] = (),
    ) -> None:
        self._cases = scenario.expanded()
        self._run_on = run_on
        self._unwatched = unwatched
        self._known: dict[tuple[str, int], tuple[Outcome, Reached]] = {}

    def run(self, defect: str | None, cell: str) -> Outcome:
        """Return how the scenario ends under a defect: its first case that is red, or the last.

        None is the reference, which comes first in each cell.
        """
        recipe = recipe_with(defect)
        for number, case in enumerate(self._cases):
            if defect is None:
                outcome = self._reference(number, case, cell)
            else:
                outcome = self._under(recipe, number, case, cell, defect)
            if outcome.status != "passed":
                name = f"case {case.case['case']}: " if case.case else ""
                return replace(outcome, reason=f"{name}{outcome.reason}")
        return outcome

    def _under(
        self, recipe: Recipe, number: int, case: Scenario, cell: str, defect: str
    ) -> Outcome:
        known = self._known.get((cell, number))
        if known is None:
            return self._run_on(case, recipe, cell, defect)
        outcome, reached = known
        if not reached.meets(recipe):
            return outcome
        return self._run_on(case, reached.spared(recipe), cell, defect)

    def _reference(self, number: int, case: Scenario, cell: str) -> Outcome:
        template(ddl=plan_of(cell).ddl)  # made once per process: no run's own doing
        if cell in self._unwatched:
            return self._run_on(case, REFERENCE, cell, None)
        with watched() as (recipe, reached):
            outcome = self._run_on(case, recipe, cell, None)
        # Only its end is told again; its answers can be megabytes.
        self._known[cell, number] = replace(outcome, performed=()), reached
        return outcome
