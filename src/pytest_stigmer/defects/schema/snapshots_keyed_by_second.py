"""Snapshots are keyed by resource and time, and replaced on conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries, with_schema

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Of the versions archived within one second only the last is kept."
ORIGIN = "D16; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the key and replace on conflict."""
    changed = with_schema(
        recipe,
        "CREATE UNIQUE INDEX idx_audit_unique ON resource_audit (kind, resource_id, archived_at)",
    )
    return with_queries(
        changed,
        save_audit="INSERT OR REPLACE INTO resource_audit "
        "(kind, resource_id, data, archived_at, version_hash, tag) "
        "VALUES (:kind, :id, :data, datetime('now'), :hash, :tag)",
    )
