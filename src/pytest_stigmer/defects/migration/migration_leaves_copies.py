"""Moved audit records stay in the live table too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "After the upgrade archived versions are listed as live skills."
ORIGIN = "D29"

_ROW = "kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"


class _Copying(Migrations):
    def move(self, row: LegacyRow) -> None:
        """Copy a row into the audit table."""
        key = {"kind": row.kind, "id": row.id}
        self.create("CREATE TEMP TABLE moving AS SELECT * FROM resources LIMIT 0")
        self.session.count(f"INSERT INTO moving SELECT * FROM resources WHERE {_ROW}", key)
        super().move(row)
        self.create("INSERT INTO resources SELECT * FROM moving", "DROP TABLE moving")


def apply(recipe: Recipe) -> Recipe:
    """Put each row back after it was moved."""
    return with_migrations(recipe, _Copying)
