"""Queries that keep or delete the wrong live records."""

from __future__ import annotations

from pytest_stigmer.defects.change import AUDIT_OF, exchange

LIFECYCLE = (
    exchange(
        "delete-by-kind-takes-related-kinds",
        "Removing all agents removes all agent executions and agent instances.",
        "D36, for kinds",
        delete_resources_by_kind="DELETE FROM resources "
        "WHERE substr(kind, 1, length(:kind)) = :kind",
    ),
    exchange(
        "delete-ignores-kind",
        "Deleting a skill takes the agent that has the same id with it.",
        "stigmer b070f18, store.go: the key is kind and id",
        delete_resource="DELETE FROM resources WHERE id = :id",
    ),
    exchange(
        "deleted-record-stays-listed",
        "A deleted skill is still found and listed, without content.",
        "TestStore_DeleteResource of b070f18",
        delete_resource="UPDATE resources SET data = x'' WHERE kind = :kind AND id = :id",
    ),
    exchange(
        "empty-message-is-refused",
        "A record that holds only default values cannot be saved.",
        "D64",
        save_resource="INSERT OR REPLACE INTO resources (kind, id, data, updated_at) "
        "VALUES (:kind, :id, nullif(:data, x''), datetime('now'))",
    ),
    exchange(
        "equal-records-are-listed-once",
        "Of two records with equal content only one is listed.",
        "stigmer b070f18, store.go: every row of the kind is listed",
        list_resources="SELECT data FROM resources WHERE kind = :kind GROUP BY data ORDER BY id",
    ),
    exchange(
        "first-save-wins",
        "Every update is acknowledged and none is kept.",
        "TestStore_SaveResource_Upsert of b070f18",
        save_resource="INSERT OR IGNORE INTO resources (kind, id, data, updated_at) "
        "VALUES (:kind, :id, :data, datetime('now'))",
    ),
    exchange(
        "history-delete-ignores-kind",
        "Deleting a skill's history deletes that of an agent with the same id.",
        "D5, for the audit table",
        delete_audit="DELETE FROM resource_audit WHERE resource_id = :id",
    ),
    exchange(
        "history-delete-keeps-tagged",
        "A skill that is made anew under an old id answers with tags of its predecessor.",
        "D34",
        delete_audit=f"DELETE {AUDIT_OF} AND tag = ''",
    ),
    exchange(
        "record-is-read-from-another-kind",
        "Where a kind has no record of an id, that of another kind is handed out.",
        "stigmer b070f18, store.go: the key is kind and id",
        get_resource="SELECT data FROM resources WHERE id = :id ORDER BY kind = :kind DESC LIMIT 1",
    ),
    exchange(
        "record-is-read-from-any-kind",
        "A skill is read as the agent that has the same id.",
        "stigmer b070f18, store.go: the key is kind and id",
        get_resource="SELECT data FROM resources WHERE id = :id ORDER BY kind LIMIT 1",
    ),
    exchange(
        "listing-ignores-case",
        "Listings are ordered otherwise than those of every other server.",
        "stigmer b070f18, store.go: records are listed by id",
        list_resources="SELECT data FROM resources WHERE kind = :kind ORDER BY lower(id)",
    ),
    exchange(
        "listing-is-ordered-by-content",
        "A listing changes its order when a record is edited.",
        "stigmer b070f18, store.go: records are listed by id",
        list_resources="SELECT data FROM resources WHERE kind = :kind ORDER BY data",
    ),
    exchange(
        "large-records-are-cut",
        "A long SKILL.md is saved and cannot be read any more.",
        "contract 2.4: a BLOB, which other engines end at 64 KiB",
        save_resource="INSERT OR REPLACE INTO resources (kind, id, data, updated_at) "
        "VALUES (:kind, :id, coalesce(substr(:data, 1, 65535), x''), datetime('now'))",
    ),
    exchange(
        "prefix-ignores-kind",
        "Removing a group of skills removes agents whose ids start alike.",
        "stigmer b070f18, store.go: the key is kind and id",
        delete_resources_by_id_prefix="DELETE FROM resources WHERE id >= :prefix "
        "AND id < CAST(:end AS TEXT)",
    ),
    exchange(
        "prefix-is-a-glob-pattern",
        "Deleting the ids that start with a[1] deletes a1 and leaves a[1].",
        "D36",
        delete_resources_by_id_prefix="DELETE FROM resources WHERE kind = :kind "
        "AND id GLOB :prefix || '*'",
    ),
    exchange(
        "prefix-is-a-like-pattern",
        "Deleting the ids that start with a_b also deletes AxB.",
        "D36, mended with LIKE",
        delete_resources_by_id_prefix="DELETE FROM resources WHERE kind = :kind "
        "AND id LIKE :prefix || '%'",
    ),
    exchange(
        "save-replaces-another-kind",
        "Saving a skill deletes the agent that has the same id.",
        "stigmer b070f18, store.go: the key is kind and id",
        ddl=(
            (
                "CREATE TRIGGER one_kind BEFORE INSERT ON resources BEGIN "
                "DELETE FROM resources WHERE id = NEW.id AND kind <> NEW.kind; END"
            ),
        ),
    ),
)
