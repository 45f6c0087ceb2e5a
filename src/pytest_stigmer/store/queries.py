"""The SQL text of every verb, as data."""

from __future__ import annotations

from dataclasses import dataclass

_AUDIT_OF = "FROM resource_audit WHERE kind = :kind AND resource_id = :id"


@dataclass(frozen=True)
class Queries:
    """One statement per verb; `dataclasses.replace` makes a store that asks something else.

    Bound by name: `kind`, `id` (a resource's), `data`, `hash`, `tag`; for the prefix verb `prefix`
    (text) and `end` (bytes: the first text after all that start with it).
    """

    save_resource: str = (
        "INSERT OR REPLACE INTO resources (kind, id, data, updated_at) "
        "VALUES (:kind, :id, :data, datetime('now'))"
    )
    get_resource: str = "SELECT data FROM resources WHERE kind = :kind AND id = :id"
    list_resources: str = "SELECT data FROM resources WHERE kind = :kind ORDER BY id"
    resource_rows: str = "SELECT id, data FROM resources WHERE kind = :kind ORDER BY id"
    delete_resource: str = "DELETE FROM resources WHERE kind = :kind AND id = :id"
    delete_resources_by_kind: str = "DELETE FROM resources WHERE kind = :kind"
    # A range and not GLOB: every character of the prefix is literal, and the key order serves.
    delete_resources_by_id_prefix: str = (
        "DELETE FROM resources WHERE kind = :kind AND id >= :prefix AND id < CAST(:end AS TEXT)"
    )
    save_audit: str = (
        "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) "
        "VALUES (:kind, :id, :data, datetime('now'), :hash, :tag)"
    )
    # Newest means inserted last: ids never go back, clocks do. max(+id), because for max(id) SQLite
    # may walk the whole table from its end; so the ids come from the index and one blob is read.
    audit_by_hash: str = (
        "SELECT data FROM resource_audit "
        f"WHERE id = (SELECT max(+id) {_AUDIT_OF} AND version_hash = :hash)"
    )
    audit_by_tag: str = (
        f"SELECT data FROM resource_audit WHERE id = (SELECT max(+id) {_AUDIT_OF} AND tag = :tag)"
    )
    audit_history: str = f"SELECT data {_AUDIT_OF} ORDER BY id DESC"
    delete_audit: str = f"DELETE {_AUDIT_OF}"
