"""The history is found by the id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A skill's history shows the versions of an agent that has the same id."
ORIGIN = "D5, for the audit table"


def apply(recipe: Recipe) -> Recipe:
    """Leave the kind out of the history's condition."""
    return with_queries(
        recipe,
        audit_history="SELECT data FROM resource_audit WHERE resource_id = :id ORDER BY id DESC",
    )
