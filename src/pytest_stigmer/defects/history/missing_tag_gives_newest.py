"""A tag that no snapshot carries gives the newest snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A mistyped tag is answered with a version that nobody asked for."
ORIGIN = "TestStore_GetAuditByTag of b070f18, second half"


def apply(recipe: Recipe) -> Recipe:
    """Fall back to the newest snapshot."""
    return with_queries(
        recipe,
        audit_by_tag=f"SELECT data {AUDIT_OF} ORDER BY tag = :tag DESC, id DESC LIMIT 1",
    )
