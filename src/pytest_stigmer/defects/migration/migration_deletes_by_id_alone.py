"""A moved row is deleted by its id, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "When two kinds share an archived id, the upgrade keeps the version of one of them."
ORIGIN = "D22"

_REMOVE = "DELETE FROM resources WHERE id = CAST(:id AS TEXT)"


class _KindBlind(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        """Return the audit records of skills."""
        return [row for row in super().legacy_rows() if row.kind == b"skill"]

    def move(self, row: LegacyRow) -> None:
        """Move a row, and delete what shares its id."""
        super().move(row)
        self.session.count(_REMOVE, {"id": row.id})


def apply(recipe: Recipe) -> Recipe:
    """Move skills only, and delete without the kind."""
    return with_migrations(recipe, _KindBlind)
