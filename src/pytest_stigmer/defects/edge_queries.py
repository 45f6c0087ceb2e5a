"""Stores that take two values for one, move a time that must stand, or stop at a number."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, UPSERT, exchange
from pytest_stigmer.errors import ResourceNotFound
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import kind_text

if TYPE_CHECKING:
    from pytest_stigmer.store.interface import M

_TEXTS = "contract 2.4: the columns are TEXT"
_ANY_KIND = "contract 2.6: no method validates kind, and kinds are compared as they are"
_TIMES = "contract 2.6: SaveResource sets updated_at, SaveAudit archived_at, and nobody else does"
_NO_LIMIT = "contract 2.6: a deletion takes every row"


def _equal(column: str, value: str) -> str:
    """Compare as numbers where both begin with one, other than 0."""
    numbers = f"CAST({column} AS REAL) = CAST({value} AS REAL) AND CAST({value} AS REAL) <> 0"
    return f"({column} = {value} OR {numbers})"


EDGES_OF_NAMES = (
    exchange(
        "tags-are-numbers",
        "The tag 1.0 names the version that was tagged 1.",
        _TEXTS,
        audit_by_tag=f"SELECT data {AUDIT_OF} AND {_equal('tag', ':tag')} ORDER BY id DESC LIMIT 1",
    ),
    exchange(
        "ids-are-numbers",
        "Deleting the record 1 deletes the record 01.",
        _TEXTS,
        delete_resource=f"DELETE FROM resources WHERE kind = :kind AND {_equal('id', ':id')}",
    ),
)

EDGES_OF_KINDS = (
    exchange(
        "kinds-are-read-without-case",
        "A listing shows the records of a kind that is spelt alike.",
        _ANY_KIND,
        list_resources="SELECT data FROM resources WHERE kind = :kind COLLATE NOCASE ORDER BY id",
    ),
    exchange(
        "kinds-are-patterns",
        "Deleting a kind whose name has a wildcard deletes others.",
        _ANY_KIND,
        delete_resources_by_kind="DELETE FROM resources WHERE kind LIKE :kind",
    ),
)

EDGES_OF_HISTORY = (
    exchange(
        "saving-moves-the-times-of-snapshots",
        "When a version was archived can no longer be told.",
        _TIMES,
        ddl=(
            (
                "CREATE TRIGGER moving AFTER INSERT ON resources BEGIN UPDATE resource_audit "
                "SET archived_at = NEW.updated_at WHERE kind = NEW.kind AND resource_id = NEW.id; "
                "END"
            ),
        ),
    ),
    exchange(
        "numbers-of-snapshots-are-given-again",
        "Who remembers the last row that it has read takes a new version for one it knows.",
        "contract 2.4: AUTOINCREMENT, ids never reused",
        save_audit=ARCHIVE.replace("(kind", "(id, kind")
        + " VALUES ((SELECT coalesce(max(id), 0) + 1 FROM resource_audit), :kind, :id, :data, "
        "datetime('now'), :hash, :tag)",
    ),
)


class _Touching(SqliteStore):
    """Notes in the row when a record was read."""

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        touch = "UPDATE resources SET updated_at = datetime('now') WHERE kind = :kind AND id = :id"
        self._write(touch, kind, id=resource_id)
        return super().get_resource(kind, resource_id, message_class)


class _Packing(SqliteStore):
    """Keeps messages packed."""

    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        if isinstance(data := values.get("data"), bytes):
            values["data"] = zlib.compress(data)
        return super()._write(sql, kind, **values)

    def _read(self, sql: str, kind: str | int, **values: str) -> list[Any]:
        return [_unpacked(data) for data in super()._read(sql, kind, **values)]

    def resource_rows(self, kind: str | int) -> list[tuple[str, bytes]]:
        return [(row, _unpacked(data)) for row, data in super().resource_rows(kind)]


class _Misnaming(SqliteStore):
    """Tells the number of a kind that was asked for, and not its name."""

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        try:
            return super().get_resource(kind, resource_id, message_class)
        except ResourceNotFound:
            raise ResourceNotFound.of(str(kind), resource_id) from None


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data


EDGES_OF_RECORDS = (
    exchange(
        "saving-again-keeps-the-time",
        "Other programs take a changed record for an unchanged one.",
        _TIMES,
        save_resource=UPSERT.replace(", updated_at = excluded.updated_at", ""),
    ),
    exchange(
        "reading-moves-the-time",
        "Other programs take every record that was read for a changed one.",
        _TIMES,
        store=_Touching,
    ),
    exchange(
        "messages-are-packed",
        "The real server opens the file and can decode no record.",
        "contract 2.4: data is the serialized message",
        store=_Packing,
    ),
    exchange(
        "missing-kind-is-a-number",
        "The error for a missing record names a kind that nobody has heard of.",
        f"contract 2.6: `resource not found: {kind_text(40)}/<id>`",
        store=_Misnaming,
    ),
)

_FIRST = "SELECT id FROM resources WHERE kind = :kind"

EDGES_OF_SIZE = (
    exchange(
        "deletion-by-kind-stops-at-1000",
        "Of a large kind some records survive its deletion.",
        _NO_LIMIT,
        delete_resources_by_kind="DELETE FROM resources WHERE kind = :kind "
        f"AND id IN ({_FIRST} LIMIT 1000)",
    ),
    exchange(
        "deletion-by-prefix-stops-at-1000",
        "Of many records that begin alike some survive their deletion.",
        _NO_LIMIT,
        delete_resources_by_id_prefix="DELETE FROM resources WHERE kind = :kind AND id IN "
        f"({_FIRST} AND id >= :prefix AND id < CAST(:end AS TEXT) LIMIT 1000)",
    ),
    exchange(
        "history-deletion-stops-at-256",
        "A skill made anew under an old id answers with versions of its predecessor.",
        _NO_LIMIT,
        delete_audit=f"DELETE {AUDIT_OF} AND id IN (SELECT id {AUDIT_OF} ORDER BY id LIMIT 256)",
    ),
)
