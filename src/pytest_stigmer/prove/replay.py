"""Defects of the store alone: asked again, by themselves, what a run on the reference asked.

Most of a run is not the store's: messages, archives and answers are made, read and compared. A
store that answers everything as the reference's did would have left the run as it was.
"""

from __future__ import annotations

import copy
import datetime as dt
import os
import threading
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import fields
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_stigmer.defects.catalogue import DISTRIBUTION, catalogue, recipe_with
from pytest_stigmer.prove.beside import changed_names, opened
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import image_of, in_memory, on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLACED = frozenset({"queries", "migrations"})
"""What a recipe gives a store, beside what every store is given."""
_BEHIND = frozenset({"execute_many", "replace_content"})
"""By what more is done to a file than can be asked again."""
_UNNOTED = frozenset({"__enter__", "__exit__", "connection", "path", "undisturbed"})
_NOTHING: Mapping[str, Any] = {}
_NOTED = {name for name in vars(SqliteStore) if not name.startswith("_")}
_NOTED -= _UNNOTED | _BEHIND | {"transaction"}


class _Asked(NamedTuple):
    """One question to the `number`-th store of a run: when it was asked, and what was told."""

    at: dt.datetime
    number: int
    name: str
    given: tuple[Any, ...]
    named: Mapping[str, Any]
    told: object


@cache
def _is_of_the_store(defect: str) -> bool:
    """Whether a defect changes no other part, and of the store only what is noted."""
    if defect in catalogue().of_others(DISTRIBUTION):
        return False  # nobody has looked what else it does
    recipe = recipe_with(defect)
    names = [one.name for one in fields(recipe)]
    changed = {name for name in names if getattr(recipe, name) != getattr(REFERENCE, name)}
    store, settings = opened(recipe.store)
    own = changed_names(store, SqliteStore)
    is_alone = changed <= {"store", "fresh_file"} and settings.keys() <= _PLACED
    return is_alone and own is not None and own.isdisjoint(_UNNOTED | _BEHIND)


@cache
def _image(defect: str, ddl: tuple[str, ...]) -> bytes:
    """Return the bytes of a defect's new file; b"" where its store makes the file."""
    fresh_file = recipe_with(defect).fresh_file
    return image_of(partial(fresh_file, clock=_Stopped(), ddl=ddl)) if fresh_file else b""


class Journal:
    """What a run asked of the stores on its one file, in order, and what they answered.

    It is not whole when anything else happened to the file, or in another thread. The file was made
    with `ddl`.
    """

    def __init__(self, ddl: tuple[str, ...] = ()) -> None:
        self.is_whole = True
        self._ddl = ddl
        self._asked: list[_Asked] = []
        self._stores: list[Any] = []
        self._path = Path()
        self._clock: Any = None
        self._telling = _Telling()
        self._open: set[int] = set()
        self._left: object = None
        self._is_busy = False
        self._place = _place()

    def kept_by(self, store: type[SqliteStore]) -> type[SqliteStore]:
        """Return a class of stores that note here what they are asked."""

        def opens(part: Any, path: Path, **named: Any) -> None:
            self._look_at(path)
            self._path, self._clock = path, named["clock"]
            self._stores.append(part)
            given = {name: value for name, value in named.items() if name not in _PLACED}
            given.pop("clock")
            self._note(part, "open", partial(store.__init__, part, path, **named), (), given)

        def transaction(part: Any) -> AbstractContextManager[None]:
            block = store.transaction(part)
            return block if self._is_busy else _Block(partial(self._note, part), block)

        own: dict[str, Any] = {"__init__": opens, "transaction": transaction}
        own |= {name: self._noted(getattr(store, name), name) for name in _NOTED}
        own |= {name: self._unnoted(getattr(store, name)) for name in _BEHIND}
        own["connection"] = property(self._unnoted(vars(SqliteStore)["connection"].fget))
        return type(store.__name__, (store,), own)

    def answers_alike(self, defect: str) -> bool:
        """Whether a defect is one of the store alone, and tells the same whenever it is asked."""
        if not self.is_whole or not self._asked or not _is_of_the_store(defect):
            return False
        name = self._path.name
        beside = self._path.with_name(f"{name}-{os.getpid()}")
        twins = _Twins(partial(recipe_with(defect).store, beside), _Telling({beside.name: name}))
        image, is_alone = _image(defect, self._ddl), len(self._stores) == 1
        with in_memory(image) if is_alone else on_disk(image, beside), closing(twins):
            return all(twins.told(one) == one.told for one in self._asked)

    def _noted(self, own: Callable[..., Any], name: str) -> Callable[..., Any]:
        def noted(part: Any, *given: Any, **named: Any) -> Any:
            return self._note(part, name, partial(own, part, *given, **named), given, named)

        return noted

    def _unnoted(self, own: Callable[..., Any]) -> Callable[..., Any]:
        def unnoted(part: Any, *given: Any) -> Any:
            self.is_whole = self.is_whole and self._is_busy
            return own(part, *given)

        return unnoted

    def _note(
        self,
        store: Any,
        name: str,
        ask: Callable[[], Any],
        given: tuple[Any, ...] = (),
        named: Mapping[str, Any] = _NOTHING,
    ) -> Any:
        """Ask, and note what was told; what a store asks itself meanwhile is its own."""
        if self._is_busy or not self.is_whole:
            return ask()
        self.is_whole = self._place == _place()
        number = next(at for at, one in enumerate(self._stores) if one is store)
        note = partial(_Asked, self._clock.now(), number, name, _own(given), named)
        self._is_busy = True
        try:
            value = ask()
        except BaseException as error:
            self._asked.append(note(self._telling.of(number, name, error)))
            raise
        finally:
            self._is_busy = False
        self._asked.append(note(self._telling.of(number, name, value)))
        if name == "open":
            self._open.add(number)
        elif name == "close" and number in self._open:
            self._open.remove(number)
            self._left = _state(self._path)
        return value

    def _look_at(self, path: Path) -> None:
        """Look whether a file to be opened is the one of before, as it was left."""
        if self._stores:
            is_left = bool(self._open) or self._left == _state(path)
            self.is_whole = self.is_whole and path == self._path and is_left


class _Stopped:
    """A clock that stands where that of the run stood."""

    def __init__(self) -> None:
        self.at = dt.datetime.min.replace(tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.at


class _Block(AbstractContextManager[None]):
    """A transaction whose beginning and end are noted."""

    def __init__(self, note: Callable[..., Any], block: AbstractContextManager[None]) -> None:
        self._note = note
        self._block = block

    def __enter__(self) -> None:
        self._note("enter", self._block.__enter__)

    def __exit__(self, *error: Any) -> bool | None:  # noqa: PYI036 - as they are handed on
        end = partial(self._block.__exit__, *error)
        ended: bool | None = self._note("exit", end, (*error[:2], None))
        return ended


class _Telling:
    """Says what answers are compared by: a revision by when it was first told, a file by one name.

    An answer is then nobody's: whoever keeps it has nothing.
    """

    def __init__(self, names: Mapping[str, str] = _NOTHING) -> None:
        self._names = names
        self._revisions: dict[Any, int] = {}

    def of(self, number: int, name: str, answer: Any) -> object:
        """Return what tells one answer from another."""
        if isinstance(answer, BaseException):
            text = f"{answer} {vars(answer)}"
            for found, meant in self._names.items():
                text = text.replace(found, meant)
            return type(answer), text
        if name == "revision":
            return self._revisions.setdefault((number, answer), len(self._revisions))
        if _is_message(answer):
            return type(answer), answer.SerializeToString(deterministic=True)
        return type(answer), list(answer) if isinstance(answer, list) else answer


class _Twins:
    """The stores of a defect, in the place of those of a run."""

    def __init__(self, make: Callable[..., Any], telling: _Telling) -> None:
        self._make = make
        self._telling = telling
        self._clock = _Stopped()
        self._stores: dict[int, Any] = {}
        self._blocks: list[AbstractContextManager[Any]] = []

    def told(self, one: _Asked) -> object:
        """Return what is told where the run asked; None if what was given was changed."""
        given = _own(one.given)
        self._clock.at = one.at
        try:
            value = self._asked(one, given)
        except BaseException as error:
            if not isinstance(error, Exception) and error not in given:
                raise  # this process is interrupted, not the run
            return self._telling.of(one.number, one.name, error)
        told = self._telling.of(one.number, one.name, value)
        is_untouched = given == one.given
        for kept in (value, *given):
            if _is_message(kept):
                kept.Clear()  # whoever keeps what is another's has nothing then
        return told if is_untouched else None

    def _asked(self, one: _Asked, given: tuple[Any, ...]) -> Any:
        if one.name == "open":
            self._stores[one.number] = self._make(clock=self._clock, **one.named)
            return None
        if one.name == "enter":
            self._blocks.append(self._stores[one.number].transaction())
            return self._blocks[-1].__enter__()
        if one.name == "exit":
            return self._blocks.pop().__exit__(*given)
        return getattr(self._stores[one.number], one.name)(*given, **one.named)

    def close(self) -> None:
        """Close what is open."""
        for store in self._stores.values():
            with suppress(Exception):
                store.close()


def _own(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what is given, with messages of its own."""
    return tuple(copy.deepcopy(one) if _is_message(one) else one for one in given)


def _is_message(value: object) -> bool:
    return hasattr(value, "Clear") and not isinstance(value, type)


def _state(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _place() -> object:
    """Return where this is: what a thread, a fork or another time zone answers is not the same."""
    return threading.get_ident(), os.getpid(), os.environ.get("TZ")
