"""An audit record that gives no names is not worth keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "The upgrade destroys versions whose message it cannot read."
ORIGIN = "D10; D21"


class _Choosy(Migrations):
    def move(self, row: LegacyRow) -> None:
        """Move a row whose message names a hash or a tag; drop any other."""
        named = self.names_of(row) != ("", "")
        super().move(row)
        if not named:
            self.create("DELETE FROM resource_audit WHERE id = last_insert_rowid()")


def apply(recipe: Recipe) -> Recipe:
    """Delete a row that has neither hash nor tag instead of moving it."""
    return with_migrations(recipe, _Choosy)
