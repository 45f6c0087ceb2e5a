"""Ties are broken by the version hash, which says nothing about age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Which of two versions of one second counts as newest depends on their contents."
ORIGIN = "fix 1f13f50, with another tiebreak"


def apply(recipe: Recipe) -> Recipe:
    """Order by archived_at, then by version hash."""
    return with_queries(
        recipe,
        audit_by_tag=f"SELECT data {AUDIT_OF} AND tag = :tag "
        "ORDER BY archived_at DESC, version_hash DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, version_hash DESC",
    )
