"""The tag that is asked for is taken as a LIKE pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Asking for v1_0 can give the version tagged V1.0."
ORIGIN = "D36, for tags"


def apply(recipe: Recipe) -> Recipe:
    """Compare tags with LIKE."""
    return with_queries(
        recipe,
        audit_by_tag=f"SELECT data {AUDIT_OF} AND tag LIKE :tag ORDER BY id DESC LIMIT 1",
    )
