"""A prefix is deleted in every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Removing a group of skills removes agents whose ids start alike."
ORIGIN = "stigmer b070f18, store.go: the key is kind and id"


def apply(recipe: Recipe) -> Recipe:
    """Leave the kind out of the condition."""
    return with_queries(
        recipe,
        delete_resources_by_id_prefix="DELETE FROM resources WHERE id >= :prefix "
        "AND id < CAST(:end AS TEXT)",
    )
