"""Defects that only answer otherwise: asked beside the reference, whenever it is asked."""

from __future__ import annotations

import copy
import sys
from contextlib import contextmanager
from dataclasses import asdict, fields
from functools import cache, partial
from threading import get_ident
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_stigmer.defects.catalogue import DISTRIBUTION, catalogue, recipe_with
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import SlugIndex, Snapshot
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.session import Session
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_OF_EVERY_CLASS = frozenset(
    (
        *("__annotations__", "__dict__", "__doc__", "__firstlineno__", "__module__"),
        *("__qualname__", "__static_attributes__", "__weakref__"),
        *("__abstractmethods__", "_abc_impl"),
    )
)
_QUERIES = asdict(Queries())


class _Asked(NamedTuple):
    """What others ask of a part: `calls` that answer and change nothing.

    What they rest on within the part is `inner`, or all of it; `drawn` is left to chance. `file` is
    the part's way to the database; through what is `apart` it changes other things. What it keeps
    of its own begins `anew`.
    """

    calls: tuple[str, ...]
    inner: tuple[str, ...] | None = ()
    drawn: tuple[str, ...] = ()
    file: str = ""
    apart: tuple[str, ...] = ()
    anew: Mapping[str, Callable[[], Any]] = MappingProxyType({})


_ASKED = {
    SqliteStore: _Asked(
        (
            *("get_resource", "list_resources", "resource_rows"),
            *("get_audit_by_hash", "get_audit_by_tag", "list_audit_history"),
        ),
        ("_read",),
        file="_session",
    ),
    Migrations: _Asked(("version", "legacy_rows"), file="session"),
    SkillController: _Asked(
        ("check_push", "identity", "next_version"),
        ("slug", "metadata", "stamp"),
        drawn=("new_id",),
        file="store",
        apart=("artifacts", "index"),
    ),
    SlugIndex: _Asked(
        ("find", "organisations", "saved", "deleted", "refresh"),
        None,
        file="_store",
        anew=MappingProxyType({"_snapshot": partial(Snapshot, revision=None)}),
    ),
    ReferenceResolver: _Asked(("resolve",), None, file="_store"),
    SkillEndpoint: _Asked(("decode", "check_size", "validate")),
    ArchiveReader: _Asked(("read",), None),
}
_READS = frozenset(
    (
        *("get_resource", "list_resources", "resource_rows"),
        *("audit_by_hash", "audit_by_tag", "audit_history"),
    )
)
"""The queries behind the calls of a store."""


class Changed(NamedTuple):
    """How a part differs from the reference's: names of its class, and of a store's queries."""

    part: type
    placed: Any
    names: frozenset[str] = frozenset()
    queries: Queries | None = None


def changed_names(placed: Any, own: type) -> frozenset[str] | None:
    """Return what a class in the place of another has of its own; None if it is no such class."""
    if not (isinstance(placed, type) and issubclass(placed, own)):
        return None
    below = placed.__mro__[: placed.__mro__.index(own)]
    return frozenset(name for cls in below for name in vars(cls)) - _OF_EVERY_CLASS


def opened(store: Any) -> tuple[Any, dict[str, Any]]:
    """Return what makes a recipe's store, and what it is given besides a path and a clock."""
    settings: dict[str, Any] = {}
    while isinstance(store, partial):
        settings, store = {**store.keywords, **settings}, store.func
    return store, settings


def changed_queries(queries: Queries | None) -> frozenset[str]:
    """Return the names of the queries that are not the reference's."""
    asked = queries or Queries()
    return frozenset(name for name, text in _QUERIES.items() if getattr(asked, name) != text)


@cache
def _answering(defect: str) -> Changed | None:
    """Return the one part that a defect changes, if it is asked otherwise and no more than that.

    What other distributions register may do more than answer: nobody has looked.
    """
    if defect in catalogue().of_others(DISTRIBUTION):
        return None
    recipe = recipe_with(defect)
    changed = [
        (getattr(REFERENCE, part.name), getattr(recipe, part.name))
        for part in fields(recipe)
        if getattr(recipe, part.name) != getattr(REFERENCE, part.name)
    ]
    if len(changed) != 1:
        return None
    ((own, placed),) = changed
    placed, settings = opened(placed)
    queries = settings.pop("queries", None)
    if "migrations" in settings and placed is own and queries is None:
        own, placed = Migrations, settings.pop("migrations")
    if settings or own not in _ASKED or not changed_queries(queries) <= _READS:
        return None
    names = changed_names(placed, own)
    if names is None or not all(map(partial(_is_an_answer, own), names)):
        return None
    return Changed(own, placed, names, queries)


def _is_an_answer(own: type, name: str) -> bool:
    asked = _ASKED[own]
    if name.startswith("__"):
        return False
    is_new = not hasattr(own, name)  # for what the others here need
    return is_new or asked.inner is None or name in (*asked.calls, *asked.inner)


class Beside:
    """Asks defects what they would have answered, whenever the reference answers in a run.

    Each has a twin of the part that it changes, which can change nothing of the run. A defect of
    `asked` that never is `unlike` the reference would have left the run as it was.
    """

    def __init__(self, defects: Iterable[str]) -> None:
        self.asked = {defect: changed for defect in defects if (changed := _answering(defect))}
        self.unlike: set[str] = set()
        self._asking_in: set[int] = set()

    def watching(self, own: type) -> Any:
        """Return a part of the reference that has its twins asked too."""
        asked = _ASKED[own]
        calls = {name: self._watched(own, name) for name in asked.calls}
        return type(own.__name__, (own,), calls | {name: _noted(own, name) for name in asked.drawn})

    def _watched(self, own: type, name: str) -> Callable[..., Any]:
        answer = getattr(own, name)

        def watched(part: Any, *given: Any, **named: Any) -> Any:
            def ask(twin: Any) -> Any:
                its = [copy.deepcopy(one) if hasattr(one, "Clear") else one for one in given]
                return getattr(twin, name)(*its, **named), its == list(given)

            if get_ident() in self._asking_in:  # a twin of another part asks, not the run
                return answer(part, *given, **named)
            vars(part)["_drawn"] = {}
            try:
                value = answer(part, *given, **named)
            except Exception as error:
                self._compare(own, part, ask, error)
                raise
            self._compare(own, part, ask, value)
            return value

        return watched

    def _compare(self, own: type, part: Any, ask: Callable[[Any], Any], answer: object) -> None:
        """Ask each twin of a part, until it answers otherwise."""
        told, twins = _told(answer), vars(part).setdefault("_twins", {})
        with _unnoticed(), self._asking():
            for defect, changed in self.asked.items():
                if changed.part is own and defect not in self.unlike:
                    twin = twins.get(defect) or twins.setdefault(defect, _twin(part, changed))
                    if _answer(ask, twin) != told:
                        self.unlike.add(defect)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        self._asking_in.add(get_ident())
        try:
            yield
        finally:
            self._asking_in.discard(get_ident())


def _noted(own: type, name: str) -> Callable[[Any], Any]:
    """Return a call that is left to chance, and notes what came out."""
    draw = getattr(own, name)

    def noted(part: Any) -> Any:
        return vars(part)["_drawn"].setdefault(name, draw(part))

    return noted


def _twin(part: Any, changed: Changed) -> Any:
    """Make a twin: it has what the part has, keeps what it notes itself, draws the same lots."""
    asked = _ASKED[changed.part]
    twin = copy.copy(part)
    twin.__class__ = changed.placed
    if changed.queries is not None:
        twin.queries = changed.queries
    if asked.file:
        setattr(twin, asked.file, _reading(getattr(part, asked.file)))
    for name in asked.apart:
        delattr(twin, name)
    vars(twin).update({name: make() for name, make in asked.anew.items()})
    for name in asked.drawn:
        setattr(twin, name, lambda name=name: vars(part)["_drawn"].get(name))
    return twin


def _reading(file: Any) -> Any:
    """Return a session, or a store, that can only read."""
    if isinstance(file, Session):
        return _Reading(file)
    own = vars(file).get("_store", file)  # a plan cell may have put something before it
    store = copy.copy(own)
    store.__class__ = SqliteStore
    vars(store)["_session"] = _Reading(vars(own)["_session"])
    return store


class _Reading:
    """A session in which nothing can be written, begun or ended."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.guard, self.revision = session.guard, session.revision

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""
        if not sql.startswith("SELECT"):
            raise TypeError(sql)
        return self._session.rows(sql, values)


def _answer(ask: Callable[[Any], Any], twin: Any) -> object:
    try:
        value, is_untouched = ask(twin)
    except Exception as error:  # noqa: BLE001 - whatever a defect raises is another answer
        return _told(error)
    told = _told(value) if is_untouched else None
    if hasattr(value, "Clear"):
        value.Clear()  # a defect that keeps what it gave away has nothing then
    return told


def _told(answer: Any) -> object:
    """Return what two answers are compared by."""
    if isinstance(answer, Exception):
        return type(answer), str(answer), vars(answer)
    if hasattr(answer, "Clear"):
        return type(answer), answer.SerializeToString(deterministic=True)
    return type(answer), answer


@contextmanager
def _unnoticed() -> Iterator[None]:
    """Let nothing in a block count as met by the run."""
    profile = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profile)
