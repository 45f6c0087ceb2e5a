"""A version hash is looked up among all skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A version that only another organisation has pushed is handed out as one's own."
ORIGIN = "stigmer b070f18, store.go: GetAuditByHash is of one resource"


def apply(recipe: Recipe) -> Recipe:
    """Leave the resource id out of the lookup."""
    return with_queries(
        recipe,
        audit_by_hash="SELECT data FROM resource_audit WHERE kind = :kind "
        "AND version_hash = :hash ORDER BY id DESC LIMIT 1",
    )
