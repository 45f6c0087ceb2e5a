"""The catalogue: every defect that ships, and those that other distributions register.

A defect is one module in a family's folder, with `HARM`, `ORIGIN` and `apply`; its id is the file's
stem with dashes for underscores. Another distribution adds its own through the entry point group
`pytest_stigmer.defects`: each entry point names a module of that form, or a `Defect`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from pytest_stigmer.defects.defect import Defect
from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

ENTRY_POINT_GROUP = "pytest_stigmer.defects"
_PACKAGE = "pytest_stigmer.defects"


@cache
def catalogue() -> Mapping[str, Defect]:
    """Return every known defect by id: the shipped ones by family, then the registered ones."""
    defects: dict[str, Defect] = {}
    for defect in (*_shipped(), *_registered()):
        if defect.id in defects:
            msg = f"two defects have the id {defect.id!r}: rename the module of one of them"
            raise UsageError(msg)
        defects[defect.id] = defect
    return defects


@cache
def registered_defects() -> tuple[str, ...]:
    """Return the ids of the defects that other distributions register."""
    return tuple(defect.id for defect in _registered())


def find(defect_id: str) -> Defect:
    """Return the defect of this id; raise UsageError with the nearest id."""
    known = catalogue()
    if defect_id in known:
        return known[defect_id]
    raise UsageError.unknown("defect", defect_id, known)


def _shipped() -> Iterator[Defect]:
    root = importlib.import_module(_PACKAGE)
    for family in pkgutil.iter_modules(root.__path__):
        if family.ispkg:
            package = importlib.import_module(f"{_PACKAGE}.{family.name}")
            for module in pkgutil.iter_modules(package.__path__):
                name = f"{package.__name__}.{module.name}"
                yield _from_module(importlib.import_module(name), family.name)


def _registered() -> Iterator[Defect]:
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        try:
            loaded = point.load()
        except Exception as error:
            raise UsageError.not_importable(point, error) from error
        yield loaded if isinstance(loaded, Defect) else _from_module(loaded, point.name)


def _from_module(module: ModuleType, family: str) -> Defect:
    missing = [name for name in ("HARM", "ORIGIN", "apply") if not hasattr(module, name)]
    if missing:
        msg = f"{module.__name__} is not a defect: it has no {', '.join(missing)}"
        raise UsageError(msg)
    stem = module.__name__.rpartition(".")[2]
    return Defect(stem.replace("_", "-"), family, module.HARM, module.ORIGIN, module.apply)
