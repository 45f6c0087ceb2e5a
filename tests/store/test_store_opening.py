"""Opening a file: what is created, which paths are taken, and the name of everything that fails."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import (
    ClockNotFollowed,
    NewerSchema,
    NotADatabase,
    PathNotWritable,
    StoreError,
)
from pytest_stigmer.store import connection as opening
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE = StringValue(value="1")

# The real server's statements as SQLite keeps them, blanks aside (b070f18, store/sqlite/store.go).
SCHEMA = {
    "schema_version": "CREATE TABLE schema_version ( version INTEGER PRIMARY KEY, "
    "applied_at TEXT NOT NULL DEFAULT (datetime('now')) )",
    "resources": "CREATE TABLE resources ( kind TEXT NOT NULL, id TEXT NOT NULL, "
    "data BLOB NOT NULL, updated_at TEXT NOT NULL DEFAULT (datetime('now')), "
    "PRIMARY KEY (kind, id) ) WITHOUT ROWID",
    "idx_resources_kind_id": "CREATE INDEX idx_resources_kind_id ON resources (kind, id)",
    "resource_audit": "CREATE TABLE resource_audit ( id INTEGER PRIMARY KEY AUTOINCREMENT, "
    "kind TEXT NOT NULL, resource_id TEXT NOT NULL, data BLOB NOT NULL, "
    "archived_at TEXT NOT NULL DEFAULT (datetime('now')), version_hash TEXT, tag TEXT )",
    "sqlite_sequence": "CREATE TABLE sqlite_sequence(name,seq)",
    "idx_audit_resource": "CREATE INDEX idx_audit_resource ON resource_audit (kind, resource_id)",
    "idx_audit_hash": "CREATE INDEX idx_audit_hash "
    "ON resource_audit (kind, resource_id, version_hash)",
    "idx_audit_tag": "CREATE INDEX idx_audit_tag "
    "ON resource_audit (kind, resource_id, tag, archived_at DESC)",
}
V1 = {"schema_version", "resources", "idx_resources_kind_id"}


def _schema_of(store: SqliteStore) -> dict[str, str]:
    rows = store.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in rows}


def _plain(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, isolation_level=None))


def test_fresh_file_has_the_real_schema_and_nothing_else(store: SqliteStore) -> None:
    """Tables, indexes, columns and clauses are the real server's."""
    assert _schema_of(store) == SCHEMA


def test_schema_one_stops_before_the_audit_table(opened: Callable[..., SqliteStore]) -> None:
    """A store asked for schema 1 makes a file as the first versioned release did."""
    store = opened(schema=1)
    assert _schema_of(store) == {name: sql for name, sql in SCHEMA.items() if name in V1}
    assert store.execute("SELECT version FROM schema_version") == [(1,)]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 1),
        ("busy_timeout", 5000),
        ("cache_size", -64000),
        ("foreign_keys", 1),
        ("temp_store", 2),
        ("user_version", 0),
        ("application_id", 0),
        ("page_size", 4096),
        ("encoding", "UTF-8"),
        ("auto_vacuum", 0),
    ],
)
def test_pragmas_are_the_real_servers(store: SqliteStore, pragma: str, value: object) -> None:
    """The connection's settings and the file's are those of the real server."""
    assert store.execute(f"PRAGMA {pragma}") == [(value,)]


def test_read_only_file_answers_and_refuses_writes(
    opened: Callable[..., SqliteStore], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads of a file opened mode=ro work, a write says that the path is not writable."""
    writer = opened()
    writer.save_resource("skill", "a", ONE)

    def read_only(where: Path) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{where}?mode=ro", uri=True, isolation_level=None)

    monkeypatch.setattr("pytest_stigmer.store.session.connect", read_only)
    reader = opened(path)
    assert reader.get_resource("skill", "a", StringValue) == ONE
    with pytest.raises(PathNotWritable, match="readonly"):
        reader.save_resource("skill", "a", ONE)


def test_text_file_is_not_a_database(path: Path) -> None:
    """A file of another format is refused and left as it is."""
    path.write_text("no database " * 1000)
    with pytest.raises(NotADatabase, match=r"stigmer\.db is not a usable database"):
        SqliteStore(path)
    assert path.read_text() == "no database " * 1000


def test_a_table_of_the_users_in_the_way_is_named(path: Path) -> None:
    """A table `resources` of another program is refused with what to do, and left as it is."""
    with _plain(path) as other:
        other.execute("CREATE TABLE resources (x)")
    with pytest.raises(StoreError, match=r"no column .*; rename that table"):
        SqliteStore(path)


@pytest.mark.parametrize("pages", [1, 3])
def test_truncated_file_is_not_a_database(path: Path, pages: int) -> None:
    """A file that lost its end is refused at opening or at the first read, by the same name."""
    SqliteStore(path).close()
    os.truncate(path, pages * 4096)
    with pytest.raises(NotADatabase, match="malformed"), SqliteStore(path) as store:
        store.list_audit_history("skill", "a")


def test_version_that_is_no_number_is_refused(
    opened: Callable[..., SqliteStore], tmp_path: Path
) -> None:
    """Another program's file with a version table of its own is not touched."""
    with _plain(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE schema_version (version TEXT)")
        other.execute("INSERT INTO schema_version VALUES ('two')")
    with pytest.raises(NotADatabase, match="its schema version is 'two'"):
        opened(tmp_path / "other.db")


@pytest.mark.parametrize("table", ["resource_audit", "resources"])
def test_file_without_a_table_of_its_version_is_refused(
    opened: Callable[..., SqliteStore], table: str
) -> None:
    """A file that claims version 2 and lacks a table is damaged, not empty."""
    opened().execute(f"DROP TABLE {table}")
    with pytest.raises(NotADatabase, match=f"claims schema version 2 but has no table {table}"):
        opened()


def test_file_without_a_column_of_its_version_is_refused(
    opened: Callable[..., SqliteStore],
) -> None:
    """Such a file would open and fail at the first verb that needs the column."""
    opened().execute("ALTER TABLE resources RENAME COLUMN data TO payload")
    with pytest.raises(NotADatabase, match=r"version 2 but has no column resources\.data"):
        opened()


def test_file_with_a_column_more_is_used(opened: Callable[..., SqliteStore]) -> None:
    """The verbs name their columns, so one that another program added does no harm."""
    opened().execute("ALTER TABLE resource_audit ADD COLUMN note TEXT")
    store = opened()
    store.save_audit("skill", "a", ONE)
    assert store.list_audit_history("skill", "a") == [ONE.SerializeToString()]


def test_constraint_of_a_trigger_is_a_store_error(store: SqliteStore) -> None:
    """A failure without a name of its own keeps SQLite's words."""
    store.execute(
        "CREATE TRIGGER t BEFORE INSERT ON resources BEGIN SELECT RAISE(ABORT, 'not today'); END"
    )
    with pytest.raises(StoreError, match=r"stigmer\.db: not today"):
        store.save_resource("skill", "a", ONE)


def test_index_over_a_date_function_is_refused_by_name(store: SqliteStore) -> None:
    """A date function that follows a clock cannot stand in an index."""
    with pytest.raises(ClockNotFollowed, match="non-deterministic"):
        store.execute("CREATE INDEX i ON resources (date(updated_at))")


def test_index_over_a_date_function_made_meanwhile_is_refused_by_name(store: SqliteStore) -> None:
    """An index that another program adds while the store is open is named at the next call."""
    with _plain(store.path) as other:
        other.execute("CREATE INDEX i ON resources (date(updated_at))")
    with pytest.raises(ClockNotFollowed, match="non-deterministic"):
        store.save_resource("skill", "a", ONE)


def test_index_over_a_date_function_made_before_keeps_its_rows(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """Such an index is never given a wrong entry: a write works, or is refused by name."""
    opened().close()
    with _plain(path) as other:
        other.execute("CREATE INDEX i ON resources (date(updated_at))")
    with suppress(ClockNotFollowed):
        opened().save_resource("skill", "a", ONE)
    with _plain(path) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_untrusted_schema_is_refused_by_name(store: SqliteStore) -> None:
    """Column defaults cannot follow the clock under trusted_schema=OFF."""
    store.execute("PRAGMA trusted_schema=OFF")
    with pytest.raises(ClockNotFollowed, match="unsafe use of"):
        store.execute("INSERT INTO resources (kind, id, data) VALUES ('skill', 'a', x'')")


@pytest.mark.parametrize("damage", ["text instead of a database", "newer schema"])
def test_failed_opening_leaves_no_connection(
    path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """After a refusal, early or late, the connection is closed and not left to the collector."""
    made: list[sqlite3.Connection] = []

    def remembered(where: Path) -> sqlite3.Connection:
        made.append(opening.connect(where))
        return made[0]

    if damage == "newer schema":
        with SqliteStore(path) as store:
            store.execute("INSERT INTO schema_version (version) VALUES (3)")
    else:
        path.write_text(damage * 1000)
    monkeypatch.setattr("pytest_stigmer.store.session.connect", remembered)
    with pytest.raises((NotADatabase, NewerSchema)):
        SqliteStore(path)
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        made[0].execute("SELECT 1")


def test_store_is_a_context_manager(path: Path) -> None:
    """Leaving the block closes the file: its side files are gone."""
    with SqliteStore(path) as store:
        store.save_resource("skill", "a", ONE)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_store_loads_no_third_party_module_before_it_meets_a_message() -> None:
    """Importing every module of the store costs the standard library only."""
    script = (
        "import importlib, pkgutil, sys, pytest_stigmer.store as store\n"
        "for each in pkgutil.iter_modules(store.__path__):\n"
        "    importlib.import_module(f'{store.__name__}.{each.name}')\n"
        "print({'google', 'grpc', 'freezegun', 'yaml', 'pytest'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert found == "set()"
