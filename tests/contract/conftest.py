"""Registries on real files for the kit's own tests, on a clock that a test moves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.api.generation import Generation, load
from pytest_stigmer.assembly import REFERENCE, Parts, assemble
from pytest_stigmer.store.faults import forgo_durability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.assembly import Recipe

START = dt.datetime(2026, 1, 25, 10, 0, 0, 100_000, tzinfo=dt.UTC)


class Clock:
    """A clock that a test moves; it freezes nothing."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> dt.datetime:
        """Return the instant it was set to."""
        return self.instant

    def move(self, seconds: float) -> None:
        """Move by seconds, below 0 backwards."""
        self.instant += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 2026-01-25T10:00:00.100Z."""
    return Clock()


@pytest.fixture
def api() -> Generation:
    """Give the message classes of the bundled generation."""
    return load("bundled")


@pytest.fixture
def assembled(tmp_path: Path, clock: Clock, api: Generation) -> Iterator[Callable[..., Parts]]:
    """Give a function that opens registries, each closed at the end of the test."""
    opened: list[Parts] = []

    def opener(recipe: Recipe = REFERENCE, name: str = "stigmer.db") -> Parts:
        parts = assemble(tmp_path / name, clock=clock, recipe=recipe, generation=api)
        opened.append(parts)
        forgo_durability(parts.store)
        return parts

    yield opener
    for parts in opened:
        parts.close()
