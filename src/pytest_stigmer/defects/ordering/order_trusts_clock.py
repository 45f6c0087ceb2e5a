"""The order is that of the wall clock; insertion only breaks ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "After the clock was set back, tags and history go on showing versions from before."
ORIGIN = "D15"

_NEWEST_FIRST = "ORDER BY archived_at DESC, id DESC"


def apply(recipe: Recipe) -> Recipe:
    """Order tag lookup and history as the real server does since 1f13f50."""
    return with_queries(
        recipe,
        audit_by_tag="SELECT data FROM resource_audit "
        f"WHERE kind = :kind AND resource_id = :id AND tag = :tag {_NEWEST_FIRST} LIMIT 1",
        audit_history="SELECT data FROM resource_audit "
        f"WHERE kind = :kind AND resource_id = :id {_NEWEST_FIRST}",
    )
