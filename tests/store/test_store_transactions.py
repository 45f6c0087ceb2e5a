"""Transactions: all of a block or none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import StoreClosed, StoreError, StoreLocked
from pytest_stigmer.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.sqlite import SqliteStore


def _save(store: SqliteStore, *ids: str) -> None:
    for resource_id in ids:
        store.save_resource("skill", resource_id, StringValue(value=resource_id))


def _ids(store: SqliteStore) -> list[str]:
    return [resource_id for (resource_id,) in store.execute("SELECT id FROM resources ORDER BY id")]


def test_block_has_the_write_lock_from_its_start(
    store: SqliteStore, opened: Callable[..., SqliteStore]
) -> None:
    """A block that has only read yet keeps other writers out, and lets readers in."""
    other = opened()
    other.execute("PRAGMA busy_timeout=10")
    with store.transaction():
        store.list_resources("skill")
        with pytest.raises(StoreLocked):
            _save(other, "a")
        assert _ids(other) == []
    _save(other, "a")


def test_block_undone_by_the_engine_is_not_continued(store: SqliteStore) -> None:
    """After a full disk undid the block, later verbs of it fail instead of committing alone."""
    _save(store, "before")
    (pages,) = store.execute("PRAGMA page_count")[0]
    store.execute(f"PRAGMA max_page_count={pages}")

    def outer() -> None:
        with store.transaction():
            _save(store, "a")
            store.connection.execute("ROLLBACK")
            _save(store, "b")

    with pytest.raises(StoreError, match="was rolled back by an earlier error"):
        outer()
    assert _ids(store) == ["before"]


def test_store_closed_inside_a_block_is_not_a_success(store: SqliteStore) -> None:
    """A block whose store was closed cannot claim that its rows were kept."""
    with pytest.raises(StoreClosed), store.transaction():
        store.close()


def test_interruption_of_the_wait_for_the_lock_leaves_no_transaction(
    store: SqliteStore, opened: Callable[..., SqliteStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written after it is committed: a signal can come when SQLite has the lock already."""
    run = Session._run

    def interrupted(session: Session, sql: str) -> None:
        run(session, sql)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Session, "_run", interrupted)
        with pytest.raises(KeyboardInterrupt), store.transaction():
            pytest.fail("the block must not run")
    _save(store, "a")
    with store.transaction():
        _save(store, "b")
    assert _ids(opened()) == ["a", "b"]


def test_transaction_of_a_tests_own_outlives_a_block_that_cannot_start(store: SqliteStore) -> None:
    """A block within a BEGIN of the test's own is refused, and what was written stays."""
    store.execute("BEGIN")
    _save(store, "a")
    with pytest.raises(StoreError, match="within a transaction"), store.transaction():
        pytest.fail("the block must not run")
    store.execute("COMMIT")
    assert _ids(store) == ["a"]


def test_changed_schema_changes_the_revision(store: SqliteStore) -> None:
    """What was read of a table says nothing about the one that took its place."""
    before = store.revision()
    store.execute("ALTER TABLE resources RENAME TO gone")
    assert store.revision() != before
