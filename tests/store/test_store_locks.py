"""A file that another connection has locked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import StoreLocked
from pytest_stigmer.store import connection as opening
from pytest_stigmer.store.faults import lock
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

ONE = StringValue(value="1")


def _plain(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, isolation_level=None))


def test_second_lock_is_refused_by_name(store: SqliteStore) -> None:
    """A fault that cannot be put in place says so at once, and the first one is given back."""
    give_back = lock(store)
    with pytest.raises(StoreLocked, match="database is locked"):
        lock(store)
    give_back()
    store.save_resource("skill", "a", ONE)


def test_file_locked_before_wal_is_waited_for_at_opening(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch to WAL is tried again until the wait is over, then the lock is named."""
    monkeypatch.setattr(opening, "WAIT_SECONDS", 0.05)
    with _plain(path) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreLocked, match=r"over 0\.05 s"):
            SqliteStore(path)


def test_opening_goes_on_when_the_lock_is_given_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock released during the wait is no error."""
    with _plain(path) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(
            opening.time, "sleep", lambda _: other.in_transaction and other.commit()
        )
        with SqliteStore(path) as store:
            assert store.list_resources("skill") == []
