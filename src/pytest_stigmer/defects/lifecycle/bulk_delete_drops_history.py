"""Deleting many records deletes the history of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "One clean-up by kind or prefix erases the history of all that it touches."
ORIGIN = "D32, turned round"

_ORPHANS = (
    "DELETE FROM resource_audit WHERE kind = :kind "
    "AND resource_id NOT IN (SELECT id FROM resources WHERE kind = :kind)"
)


class _Sweeping(SqliteStore):
    def delete_resources_by_kind(self, kind: str | int) -> int:
        """Delete the records of a kind, then the audit records that have no record."""
        deleted = super().delete_resources_by_kind(kind)
        self._write(_ORPHANS, kind)
        return deleted

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Delete the records of a prefix, then the audit records that have no record."""
        deleted = super().delete_resources_by_id_prefix(kind, prefix)
        self._write(_ORPHANS, kind)
        return deleted


def apply(recipe: Recipe) -> Recipe:
    """Cascade in both bulk deletions."""
    return with_store(recipe, _Sweeping)
