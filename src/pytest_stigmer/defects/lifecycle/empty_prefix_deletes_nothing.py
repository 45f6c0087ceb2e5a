"""The empty prefix is taken for no prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A clean-up of a whole kind reports success and leaves everything."
ORIGIN = "TestStore_DeleteResourcesByIdPrefix_EmptyPrefix of b070f18"


class _Cautious(SqliteStore):
    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Delete only where there is something to compare."""
        return super().delete_resources_by_id_prefix(kind, prefix) if prefix else 0


def apply(recipe: Recipe) -> Recipe:
    """Return 0 for the empty prefix."""
    return with_store(recipe, _Cautious)
