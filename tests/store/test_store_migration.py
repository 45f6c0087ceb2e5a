"""Files of older releases: what moves into the audit table, and what stays as it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.store.legacy import legacy_database, legacy_id
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.translation import ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.store.sqlite import SqliteStore

EARLY = dt.datetime(2026, 1, 20, 8, 30, 15, tzinfo=dt.UTC)


def _row(resource_id: str, value: str = "x", kind: str = "skill") -> ResourceRow:
    return ResourceRow(kind, resource_id, _blob(value), EARLY)


def _blob(value: str) -> bytes:
    return StringValue(value=value).SerializeToString()


def _texts(blobs: list[bytes]) -> list[str]:
    return [StringValue.FromString(blob).value for blob in blobs]


def test_file_from_before_versions_has_no_version_table(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """The writer of such files leaves the live table and its index only."""
    path.write_bytes(legacy_database([], versioned=False))
    store = opened(schema=0)
    names = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
    assert names == {"resources", "idx_resources_kind_id"}


def test_history_follows_the_nanosecond_number(
    opened: Callable[..., SqliteStore], path: Path
) -> None:
    """Order is that of the number, also where the text sorts otherwise, whatever its length."""
    numbers = [9, 10, 100, 1769335200000000000, 17693352000000000000, int("9" * 4000)]
    rows = [_row(legacy_id("a", number), str(number)) for number in numbers]
    path.write_bytes(legacy_database([*rows, _row(f"skill_audit/a/{'9' * 5000}", "huge")]))
    history = _texts(opened().list_audit_history("skill", "a"))
    assert history == ["huge", *map(str, reversed(numbers))]


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
