"""Each moved audit record replaces the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "After the upgrade every skill has a history of one version."
ORIGIN = "D21, made worse"

_FORGET = (
    "DELETE FROM resource_audit WHERE kind = CAST(:kind AS TEXT) "
    "AND resource_id = CAST(:resource_id AS TEXT)"
)


class _Forgetful(Migrations):
    def move(self, row: LegacyRow) -> None:
        """Move a row into the place of its predecessor."""
        self.session.count(_FORGET, {"kind": row.kind, "resource_id": row.resource_id})
        super().move(row)


def apply(recipe: Recipe) -> Recipe:
    """Delete a resource's earlier audit records when another is moved."""
    return with_migrations(recipe, _Forgetful)
