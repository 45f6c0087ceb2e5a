"""Live rows are searched for audit records whenever a file is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.schema import LATEST

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A live record whose id reads like an audit record's vanishes with the next restart."
ORIGIN = "D22, repeated"


class _Restless(Migrations):
    def run(self, schema: int) -> None:
        """Migrate, and search once more."""
        super().run(schema)
        for row in self.legacy_rows() if schema == LATEST else ():
            self.move(row)


def apply(recipe: Recipe) -> Recipe:
    """Move rows also in a file that is already at schema v2."""
    return with_migrations(recipe, _Restless)
