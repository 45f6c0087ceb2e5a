"""A message without a field set is taken for no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A record that holds only default values cannot be saved."
ORIGIN = "D64"


def apply(recipe: Recipe) -> Recipe:
    """Store NULL for an empty serialisation, which the column refuses."""
    return with_queries(
        recipe,
        save_resource="INSERT OR REPLACE INTO resources (kind, id, data, updated_at) "
        "VALUES (:kind, :id, nullif(:data, x''), datetime('now'))",
    )
