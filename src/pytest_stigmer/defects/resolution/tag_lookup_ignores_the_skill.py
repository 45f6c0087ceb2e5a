"""A tag is looked up among all skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A tag answers with another skill that was pushed under the same tag."
ORIGIN = "stigmer b070f18, store.go: GetAuditByTag is of one resource"


def apply(recipe: Recipe) -> Recipe:
    """Leave the resource id out of the lookup."""
    return with_queries(
        recipe,
        audit_by_tag="SELECT data FROM resource_audit WHERE kind = :kind "
        "AND tag = :tag ORDER BY id DESC LIMIT 1",
    )
