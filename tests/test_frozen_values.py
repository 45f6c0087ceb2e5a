"""Values of store and skills can be shared, because nobody can change them."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

import pytest_stigmer.skills
import pytest_stigmer.store
from pytest_stigmer.skills.index import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

STATE = {Snapshot}
"""The dataclasses that are no values: their owner keeps them up to date."""


def dataclasses_of(package: ModuleType) -> Iterator[Any]:
    """Yield the dataclasses that the modules of a package define."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for item in vars(module).values():
            if is_dataclass(item) and item.__module__ == found.name:
                yield item


def test_values_are_frozen() -> None:
    """Every dataclass there refuses a new value for a field."""
    found = {*dataclasses_of(pytest_stigmer.store), *dataclasses_of(pytest_stigmer.skills)}
    assert found > STATE
    assert {item for item in found if not item.__dataclass_params__.frozen} == STATE
