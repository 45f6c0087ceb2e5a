"""A unique index on tags, and archiving with INSERT OR REPLACE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries, with_schema

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Moving a tag deletes from the history the version it was moved away from."
ORIGIN = "D70; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the index and replace on conflict."""
    changed = with_schema(
        recipe,
        "CREATE UNIQUE INDEX idx_audit_unique ON resource_audit (kind, resource_id, tag) "
        "WHERE tag <> ''",
    )
    return with_queries(
        changed,
        save_audit="INSERT OR REPLACE INTO resource_audit "
        "(kind, resource_id, data, archived_at, version_hash, tag) "
        "VALUES (:kind, :id, :data, datetime('now'), :hash, :tag)",
    )
