"""Files of older releases: what moves into the audit table, and what stays as it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import StoreError
from pytest_stigmer.store.legacy import legacy_database, legacy_id
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.translation import ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Clock

    from pytest_stigmer.store.sqlite import SqliteStore

EARLY = dt.datetime(2026, 1, 20, 8, 30, 15, tzinfo=dt.UTC)


def _row(resource_id: str, value: str = "x", kind: str = "skill") -> ResourceRow:
    return ResourceRow(kind, resource_id, _blob(value), EARLY)


def _blob(value: str) -> bytes:
    return StringValue(value=value).SerializeToString()


def _texts(blobs: list[bytes]) -> list[str]:
    return [StringValue.FromString(blob).value for blob in blobs]


def _history_ids(store: SqliteStore) -> list[tuple[str, str]]:
    return store.execute("SELECT kind, resource_id FROM resource_audit ORDER BY id")


def test_file_from_before_versions_has_no_version_table(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """The writer of such files leaves the live table and its index only."""
    path.write_bytes(legacy_database([], versioned=False))
    store = opened(schema=0)
    names = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
    assert names == {"resources", "idx_resources_kind_id"}


def test_moved_snapshot_keeps_kind_bytes_and_time(
    opened: Callable[..., SqliteStore], path: Path, clock: Clock
) -> None:
    """Kind and data are untouched; archived_at is the row's own updated_at, not the clock's."""
    path.write_bytes(legacy_database([_row(legacy_id("a", 1), "v", kind="agent")], clock=clock))
    columns = "kind, resource_id, data, archived_at, version_hash, tag"
    assert opened().execute(f"SELECT {columns} FROM resource_audit") == [
        ("agent", "a", _blob("v"), "2026-01-20 08:30:15", "", "")
    ]


def test_history_follows_the_nanosecond_number(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """Order is that of the number, also where the text sorts otherwise, whatever its length."""
    numbers = [9, 10, 100, 1769335200000000000, 17693352000000000000, int("9" * 4000)]
    rows = [_row(legacy_id("a", number), str(number)) for number in numbers]
    path.write_bytes(legacy_database([*rows, _row(f"skill_audit/a/{'9' * 5000}", "huge")]))
    history = _texts(opened().list_audit_history("skill", "a"))
    assert history == ["huge", *map(str, reversed(numbers))]


@pytest.mark.parametrize(
    ("row_id", "resource_id"),
    [
        ("skill_audit/skl-1/17", "skl-1"),
        ("agent_execution_audit/a/17", "a"),
        ("skill_audit/a/b/c/17", "a/b/c"),
        ("skill_audit/x_audit/1/17", "x_audit/1"),
        ("skill_audit//17/17", "/17"),
        ("skill_audit/日本\n語/17", "日本\n語"),
        ("skill_audit/a\0b/17", "a\0b"),
    ],
    ids=ascii,
)
def test_resource_id_is_all_between_word_and_number(
    opened: Callable[..., SqliteStore], path: Path, row_id: str, resource_id: str
) -> None:
    """Slashes and any other character belong to the resource id."""
    path.write_bytes(legacy_database([_row(row_id)]))
    store = opened()
    assert _history_ids(store) == [("skill", resource_id)]
    assert store.list_resources("skill") == []


INNOCENT = [
    "preaudit/foo",
    "my-audit/report",
    "XAUDIT/up",
    "SKILL_AUDIT/a/17",
    "a/b_audit/c",
    "a/b_audit/c/17",
    "my-skill_audit/a/17",
    "_audit/a/17",
    "audit/foo",
    "skill_audit//17",
    "skill_audit/",
    "skill_audit/skl-1",
    "skill_audit/17",
    "skill_audit/skl-1/",
    "skill_audit/skl-1/17x",
    "skill_audit/skl-1/17\n",
    "skill_audit/skl-1/\u0661",
    "xskill_audit_/a/1",
]


@pytest.mark.parametrize("row_id", INNOCENT, ids=ascii)
def test_row_of_another_form_stays_live(
    opened: Callable[..., SqliteStore], path: Path, row_id: str
) -> None:
    """Only `<word>_audit/<resource id>/<digits>` is a snapshot; nothing else is touched."""
    path.write_bytes(legacy_database([_row(row_id, "kept", kind="workflow")]))
    store = opened()
    assert store.get_resource("workflow", row_id, StringValue).value == "kept"
    assert _history_ids(store) == []


def test_ids_that_are_not_utf8_move_byte_for_byte(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """What the real server wrote without checking is neither lost nor repaired."""
    path.write_bytes(legacy_database([_row("skill_audit/a/1")]))
    before = opened(schema=1)
    before.execute("UPDATE resources SET id = CAST(x'736b696c6c5f61756469742fff2f31' AS TEXT)")
    before.close()
    found = opened().execute("SELECT typeof(resource_id), hex(resource_id) FROM resource_audit")
    assert found == [("text", "FF")]


def test_more_rows_than_sqlite_has_variables_move(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """The number of snapshots has no limit."""
    rows = [_row(legacy_id("a", number), "") for number in range(33_000)]
    path.write_bytes(legacy_database(rows))
    assert opened().execute("SELECT count(*), max(id) FROM resource_audit") == [(33_000, 33_000)]


def test_failed_migration_leaves_the_file_as_it_was(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """A migration is one transaction: after a failure the next opening starts afresh."""

    class Failing(Migrations):
        def move(self, row: object) -> None:
            raise StoreError.unexpected(self.path, row)

    path.write_bytes(legacy_database([_row(legacy_id("a", 1), "old")]))
    with pytest.raises(StoreError, match="skill_audit"):
        opened(migrations=Failing)
    names = {name for (name,) in opened(schema=1).execute("SELECT name FROM sqlite_master")}
    assert names == {"schema_version", "resources", "idx_resources_kind_id"}
    assert _texts(opened().list_audit_history("skill", "a")) == ["old"]


def test_file_migrated_between_two_looks_at_it_is_whole(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """Whoever sees the version that another process has just written sees its tables too."""
    looks: list[str] = []

    class Overtaken(Migrations):
        def _rows(self, sql: str) -> list[tuple[object, ...]]:
            rows = super()._rows(sql)
            looks.append(sql)
            if len(looks) == 1:
                opened()
            return rows

    path.write_bytes(legacy_database([_row(legacy_id("a", 1), "old")]))
    assert _texts(opened(migrations=Overtaken).list_audit_history("skill", "a")) == ["old"]
    assert len(looks) > 1
