"""A write that meets another connection's lock is dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.errors import StoreLocked
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "While a backup holds the lock, saved versions are acknowledged and gone."
ORIGIN = "D14"


class _Careless(SqliteStore):
    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        try:
            return super()._write(sql, kind, **values)
        except StoreLocked:
            return 0


def apply(recipe: Recipe) -> Recipe:
    """Return as if the write had been done."""
    return with_store(recipe, _Careless)
