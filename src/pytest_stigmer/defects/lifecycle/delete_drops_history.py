"""Deleting a record deletes its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "After a deletion nobody can tell which versions of a skill ever existed."
ORIGIN = "D32, turned round"


class _Cascading(SqliteStore):
    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        """Delete a record and its audit records."""
        super().delete_resource(kind, resource_id)
        self.delete_audit_by_resource_id(kind, resource_id)


def apply(recipe: Recipe) -> Recipe:
    """Cascade in the store, one record at a time."""
    return with_store(recipe, _Cascading)
