"""What a frozen clock costs a test, paired with freezegun's own and with time-machine."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import freezegun
import time_machine
from tests.benchmarks.promise import measure

import pytest_stigmer
from pytest_stigmer.clock import DEFAULT_START, FrozenClock
from pytest_stigmer.store import following

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.promise import Promise


def promises() -> Iterator[Promise]:
    """Freeze and thaw with all of the package loaded, as a suite that uses it has it; connect."""
    for name in pytest_stigmer.__all__:
        getattr(pytest_stigmer, name)
    yield measure("freeze and thaw the clock", _ours, "freezegun alone", _freezegun, limit=0.1)
    yield measure("freezegun alone", _freezegun, "time-machine", _time_machine, limit=float("inf"))
    asked = following.Following()
    asked.start()
    yield measure("connect under the clock", _connect, "connect", _plain_connect, limit=4)
    asked.stop()


def _ours() -> None:
    with FrozenClock(sqlite=following.Following()):
        pass


def _connect() -> None:
    following._connect(":memory:").close()


def _plain_connect() -> None:
    sqlite3.connect(":memory:").close()


def _freezegun() -> None:
    with freezegun.freeze_time(DEFAULT_START, real_asyncio=True):
        pass


def _time_machine() -> None:
    with time_machine.travel(DEFAULT_START, tick=False):
        pass
