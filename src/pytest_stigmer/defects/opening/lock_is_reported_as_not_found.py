"""A lock is answered as if the record did not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.errors import ResourceNotFound, StoreLocked
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A client that meets a busy server gives up instead of trying again."
ORIGIN = "D11"


class _Misleading(SqliteStore):
    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        try:
            return super()._write(sql, kind, **values)
        except StoreLocked as error:
            raise ResourceNotFound.of(str(kind), str(values.get("id", ""))) from error


def apply(recipe: Recipe) -> Recipe:
    """Raise ResourceNotFound for a lock."""
    return with_store(recipe, _Misleading)
