"""Whole files: templates, bulk loads, timelines and copies."""

from __future__ import annotations

import datetime as dt
import resource
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import InvalidText, NotADatabase, PathNotWritable, StoreError
from pytest_stigmer.store.backup import backup, restore
from pytest_stigmer.store.bulk import load_history, load_resources
from pytest_stigmer.store.template import clone, template
from pytest_stigmer.store.translation import AuditRow, ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Clock

    from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.stored_rows import audit_rows

ONE = StringValue(value="1")
EARLY = dt.datetime(2026, 1, 20, 9, 30, 15, 999_999, dt.timezone(dt.timedelta(hours=1)))


def _dump(store: SqliteStore) -> list[str]:
    return list(store.connection.iterdump())


@pytest.mark.parametrize("schema", [1, 2])
def test_clone_equals_a_fresh_file(
    opened: Callable[..., SqliteStore], tmp_path: Path, clock: Clock, schema: int
) -> None:
    """Schema and rows of a clone are those of a file made statement by statement."""
    clock.advance(days=1)
    copy = opened(clone(tmp_path / "clone.db", clock=clock, schema=schema), schema=schema)
    fresh = opened(tmp_path / "fresh.db", schema=schema)
    assert _dump(copy) == _dump(fresh)
    assert "2026-01-26 10:00:00" in "".join(_dump(copy))
    for pragma in ("journal_mode", "page_size", "page_count", "auto_vacuum", "integrity_check"):
        assert copy.execute(f"PRAGMA {pragma}") == fresh.execute(f"PRAGMA {pragma}")


def test_clones_are_independent(
    opened: Callable[..., SqliteStore], tmp_path: Path, clock: Clock
) -> None:
    """What is written to one clone is in no other, and each follows its own clock's start."""
    first = opened(clone(tmp_path / "1.db", clock=clock))
    first.save_resource("skill", "a", ONE)
    clock.advance(hours=1)
    second = opened(clone(tmp_path / "2.db", clock=clock))
    assert second.list_resources("skill") == []
    applied = "SELECT DISTINCT applied_at FROM schema_version"
    assert first.execute(applied) == [("2026-01-25 10:00:00",)]
    assert second.execute(applied) == [("2026-01-25 11:00:00",)]


def test_template_is_built_once() -> None:
    """The second request costs nothing."""
    assert template() is template()


def test_clone_has_the_mode_of_a_database_file(tmp_path: Path, clock: Clock) -> None:
    """A clone is 0644 less the umask, as SQLite creates files, in folders made for it."""
    path = clone(tmp_path / "a" / "x.db", clock=clock)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_clone_never_overwrites(tmp_path: Path, clock: Clock) -> None:
    """A file that exists may have a connection on it."""
    clone(tmp_path / "x.db", clock=clock)
    with pytest.raises(PathNotWritable, match="File exists"):
        clone(tmp_path / "x.db", clock=clock)


def test_loaded_history_is_in_the_order_of_loading(store: SqliteStore) -> None:
    """Rows become history as if archived one by one; times are given or the clock's."""
    rows = [
        AuditRow(43, "a", b"1", "h1", "t", EARLY),
        AuditRow("skill", "a", b"2"),
    ]
    load_history(store, rows)
    assert store.list_audit_history("skill", "a") == [b"2", b"1"]
    stored = [
        AuditRow("skill", "a", b"1", "h1", "t", "2026-01-20 08:30:15", 1),
        AuditRow("skill", "a", b"2", "", "", "2026-01-25 10:00:00", 2),
    ]
    assert audit_rows(store) == stored
    load_history(store, stored)
    assert [row[:-1] for row in audit_rows(store)] == [row[:-1] for row in stored * 2]


def test_loaded_resources_are_live(store: SqliteStore) -> None:
    """Rows are inserted or replaced, with their own time or the clock's."""
    load_resources(store, [ResourceRow("skill", "a", b"1"), ResourceRow(43, "a", b"2", EARLY)])
    rows = store.execute("SELECT kind, id, data, updated_at FROM resources")
    assert rows == [("skill", "a", b"2", "2026-01-20 08:30:15")]


def test_load_tells_its_progress(store: SqliteStore) -> None:
    """After each batch the rows done and the rows in all are told."""
    told: list[tuple[int, int]] = []
    rows = [AuditRow("skill", "a", b"")] * 25_000
    load_history(store, rows, lambda done, total: told.append((done, total)))
    assert told == [(10_000, 25_000), (20_000, 25_000), (25_000, 25_000)]


def test_failed_load_leaves_nothing(store: SqliteStore) -> None:
    """One bad row undoes the whole load."""
    rows = [AuditRow("skill", "a", b"")] * 10_001
    with pytest.raises(InvalidText):
        load_history(store, [*rows, AuditRow("skill", "\ud800", b"")])
    assert audit_rows(store) == []


def test_timeline_shows_rows_whose_text_is_damaged(store: SqliteStore) -> None:
    """A page about a failure can be made also from bytes that are no text, and from NULL."""
    store.save_audit("skill", "a", ONE)
    store.execute("UPDATE resource_audit SET resource_id = CAST(x'61ff' AS TEXT), tag = NULL")
    (row,) = audit_rows(store)
    assert (row.resource_id, row.tag) == ("a\\xff", "")


def test_backup_of_an_open_store_has_what_is_committed(
    store: SqliteStore, opened: Callable[..., SqliteStore], tmp_path: Path
) -> None:
    """A copy made while the store is open holds all commits and none of an open transaction."""
    store.save_resource("skill", "a", ONE)
    with store.transaction():
        store.save_resource("skill", "b", ONE)
        copy = backup(store.path, tmp_path / "kept" / "copy.db")
    assert len(opened(copy).list_resources("skill")) == 1
    assert len(store.list_resources("skill")) == 2


def test_backup_keeps_the_locks_of_the_open_store(store: SqliteStore, tmp_path: Path) -> None:
    """A copy does not disturb a transaction of this process: other writers are still kept out."""
    other_process_sees_lock = "BEGIN IMMEDIATE"
    with store.transaction():
        backup(store.path, tmp_path / "copy.db")
        assert _write_elsewhere(store.path, other_process_sees_lock) == "database is locked"


def _write_elsewhere(path: Path, statement: str) -> str:
    import subprocess
    import sys

    script = (
        "import sqlite3, sys\n"
        "try: sqlite3.connect(sys.argv[1], timeout=0).execute(sys.argv[2])\n"
        "except sqlite3.Error as error: print(error)"
    )
    command = [sys.executable, "-I", "-c", script, str(path), statement]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_backup_needs_a_source_and_a_new_target(store: SqliteStore, tmp_path: Path) -> None:
    """A missing source is not created, an existing target not overwritten."""
    with pytest.raises(NotADatabase, match="there is no such file"):
        backup(tmp_path / "none.db", tmp_path / "copy.db")
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(PathNotWritable, match="it exists"):
        backup(store.path, store.path)


def test_restore_brings_a_snapshot_back(
    store: SqliteStore, opened: Callable[..., SqliteStore], tmp_path: Path
) -> None:
    """The open store, and every other store on its file, has the content of the snapshot again."""
    other = opened()
    store.save_resource("skill", "a", ONE)
    snapshot = backup(store.path, tmp_path / "snapshot.db")
    store.delete_resource("skill", "a")
    store.save_audit("skill", "a", ONE)
    restore(store, snapshot)
    for each in (store, other):
        assert len(each.list_resources("skill")) == 1
        assert each.list_audit_history("skill", "a") == []
    store.save_resource("skill", "b", ONE)
    assert len(other.list_resources("skill")) == 2
    assert store.execute("PRAGMA journal_mode") == [("wal",)]


def test_damaged_source_is_neither_kept_nor_put_back(store: SqliteStore, tmp_path: Path) -> None:
    """The error names the source; no copy is left, and the open store has what it had."""
    store.save_resource("skill", "a", ONE)
    damaged = backup(store.path, tmp_path / "damaged.db")
    with damaged.open("r+b") as file:
        file.seek(4096 + 3)
        file.write(b"\xff\xff")
    with pytest.raises(NotADatabase, match=r"damaged\.db is not a usable database"):
        backup(damaged, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    with pytest.raises(NotADatabase, match=r"damaged\.db is not a usable database"):
        restore(store, damaged)
    assert len(store.list_resources("skill")) == 1


def test_source_that_is_no_store_is_not_put_back(
    store: SqliteStore, opened: Callable[..., SqliteStore], tmp_path: Path
) -> None:
    """A database without the store's tables would leave a store that answers nothing."""
    store.save_audit("skill", "a", ONE)
    older = opened(tmp_path / "older.db", schema=1)
    with pytest.raises(NotADatabase, match=r"older\.db .* it has no table resource_audit"):
        restore(store, older.path)
    assert len(store.list_audit_history("skill", "a")) == 1


def test_copy_that_fails_leaves_no_file(store: SqliteStore, tmp_path: Path) -> None:
    """A part of a copy would look like a whole one."""
    store.save_resource("skill", "a", StringValue(value="x" * 1_000_000))
    with _files_no_larger_than(500_000), pytest.raises(StoreError, match=r"copy\.db"):
        backup(store.path, tmp_path / "copy.db")
    assert list(tmp_path.glob("copy*")) == []


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_restore_is_a_change(store: SqliteStore, tmp_path: Path) -> None:
    """What was read before it need not be true after it."""
    snapshot = backup(store.path, tmp_path / "snapshot.db")
    before = store.revision()
    restore(store, snapshot)
    assert store.revision() != before
