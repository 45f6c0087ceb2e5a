"""The history is that of every resource whose id starts alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "The history of skl-1 shows the versions of skl-10 too."
ORIGIN = "commit 5af72bf: histories were found by an id prefix"


def apply(recipe: Recipe) -> Recipe:
    """Compare resource ids by their start."""
    return with_queries(
        recipe,
        audit_history="SELECT data FROM resource_audit WHERE kind = :kind "
        "AND substr(resource_id, 1, length(:id)) = :id ORDER BY id DESC",
    )
