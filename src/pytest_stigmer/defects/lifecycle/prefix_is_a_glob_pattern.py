"""The prefix is taken as a GLOB pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Deleting the ids that start with a[1] deletes a1 and leaves a[1]."
ORIGIN = "D36"


def apply(recipe: Recipe) -> Recipe:
    """Delete as the real server does, by GLOB with nothing escaped."""
    return with_queries(
        recipe,
        delete_resources_by_id_prefix="DELETE FROM resources WHERE kind = :kind "
        "AND id GLOB :prefix || '*'",
    )
