"""Deleting many records deletes the history of each."""

from __future__ import annotations

from pytest_stigmer.store.sqlite import SqliteStore

HARM = "One clean-up by kind or prefix erases the history of all that it touches."
ORIGIN = "D32, turned round"

_ORPHANS = (
    "DELETE FROM resource_audit WHERE kind = :kind "
    "AND resource_id NOT IN (SELECT id FROM resources WHERE kind = :kind)"
)


class _Sweeping(SqliteStore):
    def delete_resources_by_kind(self, kind: str | int) -> int:
        deleted = super().delete_resources_by_kind(kind)
        self._write(_ORPHANS, kind)
        return deleted

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        deleted = super().delete_resources_by_id_prefix(kind, prefix)
        self._write(_ORPHANS, kind)
        return deleted
