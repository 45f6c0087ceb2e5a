"""Ties are broken by ids that do not grow, as ULIDs drawn within one millisecond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Which of two versions of one second counts as newest is left to chance."
ORIGIN = "D63, for audit ids"


def apply(recipe: Recipe) -> Recipe:
    """Scatter the ids of snapshots, always in the same way, and break ties by them."""
    return with_queries(
        recipe,
        save_audit="INSERT INTO resource_audit (id, kind, resource_id, data, "
        "archived_at, version_hash, tag) "
        "VALUES (((SELECT count(*) FROM resource_audit) + 1) * 2654435761 "
        "% 4294967296, :kind, :id, :data, datetime('now'), :hash, :tag)",
        audit_by_tag=f"SELECT data {AUDIT_OF} AND tag = :tag "
        "ORDER BY archived_at DESC, id DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id DESC",
    )
