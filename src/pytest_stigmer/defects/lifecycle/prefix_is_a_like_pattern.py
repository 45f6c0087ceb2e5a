"""The prefix is taken as a LIKE pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Deleting the ids that start with a_b also deletes AxB."
ORIGIN = "D36, mended with LIKE"


def apply(recipe: Recipe) -> Recipe:
    """Delete by LIKE with nothing escaped."""
    return with_queries(
        recipe,
        delete_resources_by_id_prefix="DELETE FROM resources WHERE kind = :kind "
        "AND id LIKE :prefix || '%'",
    )
