"""A join multiplies the snapshots of ids that two kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Every version appears twice as soon as another kind has a record of the same id."
ORIGIN = "schema v3 idea: history joined to its resource"


def apply(recipe: Recipe) -> Recipe:
    """Join the live records by id alone."""
    return with_queries(
        recipe,
        audit_history="SELECT resource_audit.data FROM resource_audit "
        "LEFT JOIN resources ON resources.id = resource_id "
        "WHERE resource_audit.kind = :kind AND resource_id = :id "
        "ORDER BY resource_audit.id DESC",
    )
