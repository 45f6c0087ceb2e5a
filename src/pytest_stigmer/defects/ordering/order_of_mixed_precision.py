"""Times of mixed precision are compared as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A version archived on a full second is taken for newer than all that follow in that second."
ORIGIN = "D15; D16, with the precision of Go's RFC3339Nano"


def apply(recipe: Recipe) -> Recipe:
    """Store times without trailing zeros, as RFC3339Nano writes them, and order by their text."""
    return with_queries(
        recipe,
        save_audit=f"{ARCHIVE} "
        "VALUES (:kind, :id, :data, "
        "rtrim(rtrim(strftime('%Y-%m-%dT%H:%M:%f', 'now'), '0'), '.') || "
        "'Z', :hash, :tag)",
        audit_by_tag=f"SELECT data {AUDIT_OF} AND tag = :tag "
        "ORDER BY archived_at DESC, id DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id DESC",
    )
