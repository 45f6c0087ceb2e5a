"""The file format: the statements whose text SQLite keeps, exactly as the real server's.

Source: stigmer b070f18, backend/libs/go/store/sqlite/store.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LATEST = 2
"""The newest schema version known here."""

TABLE_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table'"
"""Asks for the names of all tables of a file."""

VERSION_TABLE = """CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER PRIMARY KEY,
    applied_at TEXT NOT NULL DEFAULT (datetime('now'))
)"""

RESOURCES = """CREATE TABLE IF NOT EXISTS resources (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    data BLOB NOT NULL,
    updated_at TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (kind, id)
) WITHOUT ROWID"""

RESOURCES_INDEXES = {"idx_resources_kind_id": "(kind, id)"}
"""Columns of each index on resources, by the index's name."""

RESOURCES_INDEX = "CREATE INDEX IF NOT EXISTS idx_resources_kind_id ON resources (kind, id)"

RESOURCE_AUDIT = """CREATE TABLE IF NOT EXISTS resource_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    data BLOB NOT NULL,
    archived_at TEXT NOT NULL DEFAULT (datetime('now')),
    version_hash TEXT,
    tag TEXT
)"""

AUDIT_INDEXES = {
    "idx_audit_resource": "(kind, resource_id)",
    "idx_audit_hash": "(kind, resource_id, version_hash)",
    "idx_audit_tag": "(kind, resource_id, tag, archived_at DESC)",
}
"""Columns of each index on resource_audit, by the index's name."""

SCHEMA_V1 = (RESOURCES, RESOURCES_INDEX)
SCHEMA_V2 = (
    RESOURCE_AUDIT,
    *(
        f"CREATE INDEX IF NOT EXISTS {name} ON resource_audit {columns}"
        for name, columns in AUDIT_INDEXES.items()
    ),
)

TABLES = {1: ("resources",), 2: ("resources", "resource_audit")}
"""The tables that a file of each version must have."""

COLUMNS = {
    "resources": ("kind", "id", "data", "updated_at"),
    "resource_audit": (
        "id",
        "kind",
        "resource_id",
        "data",
        "archived_at",
        "version_hash",
        "tag",
    ),
}
"""The columns that a table must have; a file with more is none of ours, and can be used."""

COLUMNS_OF_TABLE = "SELECT name FROM pragma_table_info(:table)"
"""Asks for the columns that a table has."""


def emptying(tables: Iterable[tuple[str, ...]]) -> list[str]:
    """Return what deletes every record from a file with these tables; other tables stay."""
    there = {name for (name,) in tables}
    counter = "DELETE FROM sqlite_sequence WHERE name = 'resource_audit'"
    return [f"DELETE FROM {name}" for name in ("resources", "resource_audit") if name in there] + (
        [counter] if "resource_audit" in there else []
    )
