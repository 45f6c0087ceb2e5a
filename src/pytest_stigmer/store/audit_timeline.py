"""The audit rows of a file in the order they were written, for a page that explains a failure."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from pytest_stigmer.store.sqlite import SqliteStore

# As blobs, so that a page can be written also about a row whose text is not valid UTF-8.
_COLUMNS = ("kind", "resource_id", "archived_at", "version_hash", "tag")
_ROWS = (
    f"SELECT id, data, {', '.join(f'CAST({column} AS BLOB)' for column in _COLUMNS)} "
    "FROM resource_audit ORDER BY id"
)


@dataclass(frozen=True)
class TimelineRow:
    """One audit row; `archived_at` is UTC as stored, in whole seconds."""

    id: int
    data: bytes
    kind: str
    resource_id: str
    archived_at: str
    version_hash: str
    tag: str


def timeline(store: SqliteStore) -> list[TimelineRow]:
    """Return all audit rows, oldest insertion first."""
    return [TimelineRow(row[0], row[1], *map(_text, row[2:])) for row in store.execute(_ROWS)]


def stored_rows(store: SqliteStore, table: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return the rows of a table as they are stored, by key, each a map of its columns.

    `wanted` is what columns must hold; raises UsageError for a column that the table lacks. The
    message is told in base64, and its length as `size`.
    """
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    for column in wanted:
        if column not in columns:
            raise UsageError(f"{table} has no column {column}; it has {', '.join(columns)}")
    where = " AND ".join(["TRUE", *(f"{column} IS :{column}" for column in wanted)])
    order = "kind, id" if table == "resources" else "1"
    rows = store.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY {order}", wanted)
    return [_told(dict(zip(columns, row, strict=True))) for row in rows]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row.get("data"), bytes):
        row |= {"data": base64.b64encode(row["data"]).decode(), "size": len(row["data"])}
    return row


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "backslashreplace")
