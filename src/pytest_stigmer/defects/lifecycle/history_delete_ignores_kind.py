"""A history is deleted by the id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Deleting a skill's history deletes that of an agent with the same id."
ORIGIN = "D5, for the audit table"


def apply(recipe: Recipe) -> Recipe:
    """Leave the kind out of the condition."""
    return with_queries(
        recipe,
        delete_audit="DELETE FROM resource_audit WHERE resource_id = :id",
    )
