"""The newest snapshot of a tag is chosen by a one-second timestamp alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A tag moved twice within one second can go on naming the version it was moved away from."
ORIGIN = "fix 1f13f50; D16"


def apply(recipe: Recipe) -> Recipe:
    """Order the tag lookup by archived_at only."""
    return with_queries(
        recipe,
        audit_by_tag="SELECT data FROM resource_audit "
        "WHERE kind = :kind AND resource_id = :id AND tag = :tag ORDER BY archived_at DESC LIMIT 1",
    )
