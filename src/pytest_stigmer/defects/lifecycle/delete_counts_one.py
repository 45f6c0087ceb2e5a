"""A deletion counts itself instead of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A clean-up reports one deleted record when it deleted thousands."
ORIGIN = "TestStore_DeleteResourcesByKind of b070f18"


class _CountingCalls(SqliteStore):
    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        return min(super()._write(sql, kind, **values), 1)


def apply(recipe: Recipe) -> Recipe:
    """Return 1 for any number of rows."""
    return with_store(recipe, _CountingCalls)
