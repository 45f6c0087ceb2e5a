"""The catalogue: every defect that ships, and those that other distributions register.

A defect that changes behaviour is one module in its family's folder, with `HARM`, `ORIGIN` and a
class that takes the place of the part it derives from, or `apply(recipe)` where that is not all;
its id is the file's stem with dashes for underscores. One that only exchanges a query or a piece of
schema is an entry of a table (`defects/tables.py`). Another distribution adds its own
through the entry point group `pytest_stigmer.defects`: each entry point names a module of that
form, whose id may be its `ID` and whose family is its `FAMILY` or what the entry point's name has
before a dot, or a `Defect`. Ids that ship are known without importing any of the modules.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import in_place
from pytest_stigmer.defects.defect import Defect
from pytest_stigmer.defects.tables import TABLES
from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint
    from types import ModuleType

    from pytest_stigmer.defects.change import Row
    from pytest_stigmer.registry.assembly import Recipe

DISTRIBUTION = "pytest-stigmer"
ENTRY_POINT_GROUP = "pytest_stigmer.defects"
_PACKAGE = "pytest_stigmer.defects"


@dataclass(frozen=True)
class _Entry:
    """One known id: who ships the defect, and how it is loaded."""

    owner: str
    load: Callable[[], Defect]


class Catalogue(Mapping[str, Defect]):
    """Every known defect by id, each loaded when it is first asked for.

    What other distributions register is looked for when no shipped defect has the id.
    """

    def __init__(self) -> None:
        self._ours = _unique(_shipped())
        self._loaded: dict[str, Defect] = {}

    @cached_property
    def _entries(self) -> dict[str, _Entry]:
        registered = list(_registered())
        taken = Counter([*self._ours, *(defect_id for defect_id, _ in registered)])
        # A release of ours may take an id that somebody else has: neither must stop the other.
        named = (
            (f"{entry.owner}:{defect_id}" if taken[defect_id] > 1 else defect_id, entry)
            for defect_id, entry in registered
        )
        return _unique([*self._ours.items(), *named])

    def __getitem__(self, defect_id: str) -> Defect:
        if defect_id not in self._loaded:
            known = self._ours if defect_id in self._ours else self._entries
            self._loaded[defect_id] = replace(known[defect_id].load(), id=defect_id)
        return self._loaded[defect_id]

    def __contains__(self, defect_id: object) -> bool:
        return defect_id in self._ours or defect_id in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def of_others(self, owner: str | None) -> tuple[str, ...]:
        """Return the ids of the defects that another distribution than `owner` ships."""
        return tuple(found for found, entry in self._entries.items() if entry.owner != owner)


@cache
def catalogue() -> Catalogue:
    """Return every known defect by id: the shipped ones by family, then the registered ones."""
    return Catalogue()


def find(defect_id: str) -> Defect:
    """Return the defect of this id, or raise UsageError, as `known_id` does."""
    return catalogue()[known_id(defect_id)]


def recipe_with(defect_id: str | None) -> Recipe:
    """Return the recipe with the defect of this id in place; None is the reference."""
    from pytest_stigmer.registry.assembly import REFERENCE

    return REFERENCE if defect_id is None else find(defect_id).apply(REFERENCE)


def recipe_of(defect_ids: Iterable[str]) -> Recipe:
    """Return the recipe with several defects in place at once.

    Of two that replace the same method, the same query or the migrations, the later one is seen.
    """
    from pytest_stigmer.registry.assembly import REFERENCE

    recipe = REFERENCE
    for defect_id in defect_ids:
        recipe = find(defect_id).apply(recipe)
    return recipe


def known_id(defect_id: str) -> str:
    """Return an id that is known, without loading its defect; raise UsageError with the nearest."""
    if defect_id not in catalogue():
        shared = [found for found in catalogue() if found.partition(":")[2] == defect_id]
        if shared:
            raise UsageError.shared("defect", defect_id, shared)
        raise UsageError.unknown("defect", defect_id, catalogue())
    return defect_id


def _unique(entries: Iterable[tuple[str, _Entry]]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for defect_id, entry in entries:
        if defect_id in found:
            msg = f"two defects have the id {defect_id!r}: rename the module of one of them"
            raise UsageError(msg)
        found[defect_id] = entry
    return found


def _shipped() -> Iterator[tuple[str, _Entry]]:
    found = [
        (family, row.id, partial(_from_row, family, row))
        for family, rows in TABLES.items()
        for row in rows
    ]
    found += [
        (path.parent.name, _id_of(path.stem), partial(_from_file, path.parent.name, path.stem))
        for path in Path(__file__).parent.glob("*/*.py")
        if path.stem != "__init__"
    ]
    for _, defect_id, load in sorted(found, key=lambda entry: entry[:2]):
        yield defect_id, _Entry(DISTRIBUTION, load)


def _registered() -> Iterator[tuple[str, _Entry]]:
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        owner = point.dist.name if point.dist else ""
        yield _load(point).id, _Entry(owner, partial(_load, point))


def _load(point: EntryPoint) -> Defect:
    try:
        loaded = point.load()
    except Exception as error:
        raise UsageError.not_importable(point, error) from error
    if isinstance(loaded, Defect):
        return loaded
    return _from_module(loaded, getattr(loaded, "FAMILY", point.name.partition(".")[0]))


def _from_file(family: str, stem: str) -> Defect:
    return _from_module(importlib.import_module(f"{_PACKAGE}.{family}.{stem}"), family)


def _from_row(family: str, row: Row) -> Defect:
    return Defect(row.id, family, row.harm, row.origin, row.apply)


def _from_module(module: ModuleType, family: str) -> Defect:
    apply = getattr(module, "apply", None) or _placing(module)
    given = {**vars(module), "apply": apply}
    missing = [name for name in ("HARM", "ORIGIN", "apply") if given.get(name) is None]
    if missing:
        msg = f"{module.__name__} is not a defect: it has no {', '.join(missing)}"
        raise UsageError(msg)
    found = given.get("ID", _id_of(module.__name__))
    return Defect(found, family, given["HARM"], given["ORIGIN"], given["apply"])


def _placing(module: ModuleType) -> Callable[[Recipe], Recipe] | None:
    """Return the function that puts the last class of a module in place; None without a class."""
    found = [it for it in vars(module).values() if isinstance(it, type)]
    own = [cls for cls in found if cls.__module__ == module.__name__]
    return partial(in_place, part=own[-1]) if own else None


def _id_of(module: str) -> str:
    return module.rpartition(".")[2].replace("_", "-")
