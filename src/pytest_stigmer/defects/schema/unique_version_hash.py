"""A unique index allows each version hash once per resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_schema

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Pushing the content of an earlier version again fails."
ORIGIN = "D18; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the index."""
    return with_schema(
        recipe,
        "CREATE UNIQUE INDEX idx_audit_unique ON resource_audit (kind, resource_id, version_hash) "
        "WHERE version_hash <> ''",
    )
