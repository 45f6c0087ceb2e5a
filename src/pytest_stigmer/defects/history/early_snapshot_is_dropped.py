"""A snapshot of a resource that does not exist yet is dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import ARCHIVE, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A registry that archives before it saves loses the first version of every skill."
ORIGIN = "D33, turned round"


def apply(recipe: Recipe) -> Recipe:
    """Store a snapshot only beside a live record."""
    return with_queries(
        recipe,
        save_audit=f"{ARCHIVE} SELECT :kind, :id, :data, datetime('now'), :hash, :tag "
        "WHERE EXISTS (SELECT 1 FROM resources WHERE kind = :kind "
        "AND id = :id)",
    )
