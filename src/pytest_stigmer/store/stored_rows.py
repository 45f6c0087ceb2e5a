"""Rows as they are stored, read past the verbs: for a page about a failure, and for `rows`."""

from __future__ import annotations

import base64
from typing import Any

from pytest_stigmer.errors import UsageError
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import AuditRow

# As blobs, so that a page can be written also about a row whose text is not valid UTF-8.
_COLUMNS = ("kind", "resource_id", "version_hash", "tag", "archived_at")
_AUDITS = (
    f"SELECT id, data, {', '.join(f'CAST({column} AS BLOB)' for column in _COLUMNS)} "
    "FROM resource_audit ORDER BY id"
)


def audit_rows(store: SqliteStore) -> list[AuditRow]:
    """Return all audit rows of a file, oldest insertion first."""
    return [_audit_row(*row) for row in store.execute(_AUDITS)]


def stored_rows(store: SqliteStore, table: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return the rows of a table as they are stored, by key, each a map of its columns.

    `wanted` is what columns must hold; raises UsageError for a column that the table lacks. The
    message is in base64, its length under `size`. Where a table or an index lies in the file is
    left out.
    """
    described = store.execute(f"PRAGMA table_info({table})")
    columns = [row[1] for row in described if row[1] != "rootpage"]
    for column in wanted:
        if column not in columns:
            raise UsageError(f"{table} has no column {column}; it has {', '.join(columns)}")
    where = " AND ".join(["TRUE", *(f"{column} IS :{column}" for column in wanted)])
    order = {"resources": "kind, id", "sqlite_master": "name"}.get(table, "1")
    read = ", ".join(f'"{column}"' for column in columns)
    rows = store.execute(f"SELECT {read} FROM {table} WHERE {where} ORDER BY {order}", wanted)
    return [_plain(dict(zip(columns, row, strict=True))) for row in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row.get("data"), bytes):
        row |= {"data": base64.b64encode(row["data"]).decode(), "size": len(row["data"])}
    return row


def _audit_row(row_id: int, data: bytes, *columns: bytes | None) -> AuditRow:
    texts = [(column or b"").decode("utf-8", "backslashreplace") for column in columns]
    kind, resource_id, version_hash, tag, archived_at = texts
    return AuditRow(kind, resource_id, data, version_hash, tag, archived_at, row_id)
