"""History is ordered by a one-second timestamp alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "Versions archived within one second are listed oldest first, between newest-first neighbours."
)
ORIGIN = "fix 1f13f50; D16"


def apply(recipe: Recipe) -> Recipe:
    """Order the history by archived_at only."""
    return with_queries(
        recipe,
        audit_history="SELECT data FROM resource_audit "
        "WHERE kind = :kind AND resource_id = :id ORDER BY archived_at DESC",
    )
