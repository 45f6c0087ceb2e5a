"""Stores on real files, each closed at the end of its test."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Clock


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


def _statuses(count: int, call: Callable[[int], object]) -> list[int]:
    """Run `call(number)` in that many processes, all starting together; return their exit codes."""
    gate, starter = os.pipe()
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            os.close(starter)
            os.read(gate, 1)
            _run_and_leave(call, number)
        children.append(child)
    os.close(gate)
    os.close(starter)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _started(call: Callable[[int], object]) -> tuple[int, int]:
    """Start `call(descriptor)` in a process; return its id and the end to read what it writes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run_and_leave(call, writer)
    os.close(writer)
    return child, reader


def _run_and_leave(call: Callable[[int], object], argument: int) -> None:
    # os._exit, so that no clean-up of the parent's test session runs in the child.
    status = 1
    try:
        call(argument)
        status = 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        os._exit(status)


@pytest.fixture
def statuses() -> Callable[[int, Callable[[int], object]], list[int]]:
    """Give a function that runs a call in several processes and returns their exit codes."""
    return _statuses


@pytest.fixture
def started() -> Callable[[Callable[[int], object]], tuple[int, int]]:
    """Give a function that starts a call in a process and returns its id and a pipe from it."""
    return _started
