"""A record is deleted by its id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Deleting a skill takes the agent that has the same id with it."
ORIGIN = "stigmer b070f18, store.go: the key is kind and id"


def apply(recipe: Recipe) -> Recipe:
    """Leave the kind out of the condition."""
    return with_queries(
        recipe,
        delete_resource="DELETE FROM resources WHERE id = :id",
    )
