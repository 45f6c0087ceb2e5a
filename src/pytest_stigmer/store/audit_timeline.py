"""The audit rows of a file in the order they were written, for a page that explains a failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "backslashreplace")
