"""Several processes on one file: opening, writing, migrating, dying."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import StoreForked
from pytest_stigmer.store.legacy import legacy_database, legacy_id
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Statuses = Callable[[int, Callable[[int], object]], list[int]]
    Started = Callable[[Callable[[int], object]], tuple[int, int]]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

ONE = StringValue(value="1")


def test_store_of_the_parent_process_is_refused_after_a_fork(
    store: SqliteStore, statuses: Statuses
) -> None:
    """A child that uses the parent's store gets an error, and its close leaves the file alone."""
    connection = store.connection

    def child(_: int) -> None:
        with pytest.raises(StoreForked, match="before this process was forked"):
            store.save_resource("skill", "a", ONE)
        store.close()
        assert connection.total_changes > 0, "the parent's connection was closed"

    assert statuses(1, child) == [0]
    store.save_resource("skill", "a", ONE)
    assert len(store.list_resources("skill")) == 1


def test_fork_while_another_thread_is_in_a_verb_does_not_hang_the_child(
    store: SqliteStore, statuses: Statuses
) -> None:
    """The child gets its error at once, though the lock it inherited is never released."""
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store.transaction():
            inside.set()
            leave.wait()

    def child(_: int) -> None:
        with pytest.raises(StoreForked):
            store.list_resources("skill")
        store.close()

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    try:
        assert statuses(1, child) == [0]
    finally:
        leave.set()
        thread.join()


def test_fork_inside_a_block_leaves_the_block_to_the_parent(
    store: SqliteStore, statuses: Statuses
) -> None:
    """An error in the child undoes nothing of the parent's transaction."""

    def child(_: int) -> None:
        block.__exit__(KeyError, KeyError(), None)
        assert connection.in_transaction, "the parent's transaction was rolled back"

    block, connection = store.transaction(), store.connection
    with block:
        store.save_resource("skill", "a", ONE)
        assert statuses(1, child) == [0]
    assert len(store.list_resources("skill")) == 1


def test_processes_open_one_fresh_path_at_once(path: Path, statuses: Statuses) -> None:
    """Whoever comes first creates the file, all others wait for it and find it whole."""

    def child(number: int) -> None:
        for turn in range(5):
            with SqliteStore(path.with_name(f"{turn}.db")) as store:
                store.save_resource("skill", str(number), ONE)

    assert statuses(6, child) == [0] * 6
    for turn in range(5):
        with SqliteStore(path.with_name(f"{turn}.db")) as store:
            assert len(store.list_resources("skill")) == 6
            assert store.execute("SELECT version FROM schema_version") == [(1,), (2,)]


def test_processes_migrate_one_file_at_once(
    path: Path, opened: Callable[..., SqliteStore], statuses: Statuses
) -> None:
    """Each snapshot moves once, whoever moves it."""
    blob = ONE.SerializeToString()
    rows = [ResourceRow("skill", legacy_id("a", number), blob) for number in range(300)]
    path.write_bytes(legacy_database(rows))

    def child(_: int) -> None:
        with SqliteStore(path) as store:
            assert len(store.list_audit_history("skill", "a")) == 300

    assert statuses(6, child) == [0] * 6
    assert len(opened().list_audit_history("skill", "a")) == 300


def test_killed_process_loses_no_acknowledged_write(
    path: Path, opened: Callable[..., SqliteStore], started: Started
) -> None:
    """After kill -9 in the middle of writing, all that was acknowledged is in a sound file."""
    large = StringValue(value="x" * 20_000)

    def child(descriptor: int) -> None:
        with SqliteStore(path) as own:
            while True:
                with own.transaction():
                    own.save_audit("skill", "a", large)
                    own.save_resource("skill", "a", large)
                os.write(descriptor, b".")

    process, acknowledgements = started(child)
    acknowledged = 0
    while acknowledged < 100:
        acknowledged += len(os.read(acknowledgements, 100))
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    while rest := os.read(acknowledgements, 1000):
        acknowledged += len(rest)
    os.close(acknowledgements)
    store = opened()
    assert len(store.list_audit_history("skill", "a")) in {acknowledged, acknowledged + 1}
    assert store.execute("PRAGMA integrity_check") == [("ok",)]


def test_transaction_of_a_killed_process_leaves_nothing(
    path: Path, opened: Callable[..., SqliteStore], started: Started
) -> None:
    """A process that dies inside a block leaves no part of it, and no lock."""

    def child(descriptor: int) -> None:
        own = SqliteStore(path)
        with own.transaction():
            for number in range(200):
                own.save_audit("skill", "a", StringValue(value=f"{number}" * 1000))
            os.write(descriptor, b".")
            signal.pause()

    process, acknowledgements = started(child)
    assert os.read(acknowledgements, 1) == b"."
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    os.close(acknowledgements)
    store = opened()
    store.execute("PRAGMA busy_timeout=0")
    assert store.list_audit_history("skill", "a") == []
    store.save_audit("skill", "a", ONE)
