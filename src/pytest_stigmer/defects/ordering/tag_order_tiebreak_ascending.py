"""The tiebreak of the tag lookup goes the wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A tag moved within one second names the first version it was given in that second."
ORIGIN = "fix 1f13f50, with the tiebreak turned round"


def apply(recipe: Recipe) -> Recipe:
    """Order the tag lookup by archived_at, then by ascending id."""
    return with_queries(
        recipe,
        audit_by_tag="SELECT data FROM resource_audit "
        "WHERE kind = :kind AND resource_id = :id AND tag = :tag "
        "ORDER BY archived_at DESC, id ASC LIMIT 1",
    )
