"""A tag stays with the first snapshot that carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A tag that was moved goes on naming the version it was first given to."
ORIGIN = "D17, for tags"


def apply(recipe: Recipe) -> Recipe:
    """Take the smallest id of a tag."""
    return with_queries(
        recipe,
        audit_by_tag="SELECT data FROM resource_audit "
        f"WHERE id = (SELECT min(id) {AUDIT_OF} AND tag = :tag)",
    )
