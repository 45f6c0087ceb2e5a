"""Stores on real files, each closed at the end of its test."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START = dt.datetime(2026, 1, 25, 10, 0, 0, 100_000, tzinfo=dt.UTC)


class Clock:
    """A clock that a test sets; it freezes nothing."""

    def __init__(self, instant: dt.datetime = START) -> None:
        self.instant = instant

    def now(self) -> dt.datetime:
        """Return the instant it was set to."""
        return self.instant

    def advance(self, **parts: float) -> None:
        """Move by the parts of a timedelta."""
        self.instant += dt.timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 2026-01-25T10:00:00.100Z."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a database that does not exist yet."""
    return tmp_path / "stigmer.db"


@pytest.fixture
def opened(path: Path, clock: Clock) -> Iterator[Callable[..., SqliteStore]]:
    """Give a function that opens stores, by default on `path` and `clock`."""
    stores: list[SqliteStore] = []

    def opener(
        where: Path | str = path, make: Callable[..., SqliteStore] = SqliteStore, **options: Any
    ) -> SqliteStore:
        stores.append(make(where, **{"clock": clock, **options}))
        return stores[-1]

    yield opener
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[..., SqliteStore]) -> SqliteStore:
    """Give an open store on a fresh file."""
    return opened()
