"""Saving an id that exists changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Every update is acknowledged and none is kept."
ORIGIN = "TestStore_SaveResource_Upsert of b070f18"


def apply(recipe: Recipe) -> Recipe:
    """Ignore the conflict."""
    return with_queries(
        recipe,
        save_resource="INSERT OR IGNORE INTO resources (kind, id, data, updated_at) "
        "VALUES (:kind, :id, :data, datetime('now'))",
    )
