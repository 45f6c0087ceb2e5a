"""Queries that find the wrong audit records, or keep them wrongly."""

from __future__ import annotations

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, HASHED, exchange

_SAME = " AND ".join(
    f"other.{column} IS NEW.{column}"
    for column in ("kind", "resource_id", "data", "version_hash", "tag")
)
_ONE_OF_EQUALS = (
    "CREATE TRIGGER one_of_equals AFTER INSERT ON resource_audit BEGIN DELETE FROM resource_audit "
    f"WHERE id IN (SELECT id FROM resource_audit AS other WHERE {_SAME} AND other.id < NEW.id) "
    f"AND NOT EXISTS (SELECT 1 FROM resource_audit AS other WHERE {_SAME} "
    "AND other.id = (SELECT max(id) FROM resource_audit WHERE id < NEW.id)); END"
)

HISTORY = (
    exchange(
        "audit-lookups-ignore-kind",
        "A tag of a skill can name a version of an agent that has the same id.",
        "D5, for the audit table",
        audit_by_hash="SELECT data FROM resource_audit WHERE resource_id = :id "
        "AND version_hash = :hash ORDER BY id DESC LIMIT 1",
        audit_by_tag="SELECT data FROM resource_audit WHERE resource_id = :id AND tag = :tag "
        "ORDER BY id DESC LIMIT 1",
    ),
    exchange(
        "early-snapshot-is-dropped",
        "A registry that archives before it saves loses the first version of every skill.",
        "D33, turned round",
        save_audit=f"{ARCHIVE} SELECT :kind, :id, :data, datetime('now'), :hash, :tag WHERE "
        "EXISTS (SELECT 1 FROM resources WHERE kind = :kind AND id = :id)",
    ),
    exchange(
        "empty-names-stored-as-null",
        "Versions without a tag or a hash can no longer be looked up as such.",
        "stigmer b070f18, store.go: '' and never NULL",
        save_audit=f"{ARCHIVE} VALUES (:kind, :id, :data, datetime('now'), nullif(:hash, ''), "
        "nullif(:tag, ''))",
    ),
    # Of audit records that are equal in everything the newest, unless they follow one another.
    exchange(
        "equal-snapshots-are-kept-once",
        "Going back to an earlier version deletes from the history that it was current before.",
        "D18, turned round",
        ddl=(_ONE_OF_EQUALS,),
    ),
    exchange(
        "empty-snapshots-are-lost",
        "A version that holds only default values is not archived.",
        "D64, for versions",
        save_audit=f"{ARCHIVE} SELECT :kind, :id, :data, datetime('now'), :hash, :tag "
        "WHERE length(:data) > 0",
    ),
    exchange(
        "equal-versions-are-kept-once",
        "Going back to an earlier version leaves no trace, and its tag stays on the version "
        "that was left.",
        "D18, turned round",
        save_audit=f"{ARCHIVE} SELECT :kind, :id, :data, datetime('now'), :hash, :tag "
        f"WHERE :hash = '' OR NOT EXISTS (SELECT 1 {HASHED})",
    ),
    exchange(
        "hash-lookup-by-prefix",
        "A hash cut short in a lock file silently resolves to some version instead of failing.",
        "D36, for hashes",
        audit_by_hash=f"SELECT data {AUDIT_OF} "
        "AND substr(version_hash, 1, length(:hash)) = :hash ORDER BY id DESC LIMIT 1",
    ),
    exchange(
        "history-by-id-prefix",
        "The history of skl-1 shows the versions of skl-10 too.",
        "commit 5af72bf: histories were found by an id prefix",
        audit_history="SELECT data FROM resource_audit WHERE kind = :kind "
        "AND substr(resource_id, 1, length(:id)) = :id ORDER BY id DESC",
    ),
    exchange(
        "history-doubles-shared-ids",
        "Every version appears twice as soon as another kind has a record of the same id.",
        "schema v3 idea: history joined to its resource",
        audit_history="SELECT resource_audit.data FROM resource_audit "
        "LEFT JOIN resources ON resources.id = resource_id WHERE resource_audit.kind = :kind "
        "AND resource_id = :id ORDER BY resource_audit.id DESC",
    ),
    exchange(
        "history-hides-equal-versions",
        "That a version was current twice can no longer be seen.",
        "D18, turned round",
        audit_history=f"SELECT data FROM resource_audit WHERE id IN (SELECT max(id) {AUDIT_OF} "
        "GROUP BY version_hash) ORDER BY id DESC",
    ),
    exchange(
        "history-ignores-kind",
        "A skill's history shows the versions of an agent that has the same id.",
        "D5, for the audit table",
        audit_history="SELECT data FROM resource_audit WHERE resource_id = :id ORDER BY id DESC",
    ),
    exchange(
        "history-is-one-page",
        "Of a skill with many versions only the newest five can be listed.",
        "stigmer b070f18, interface.go: ListAuditHistory has no page",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY id DESC LIMIT 5",
    ),
    exchange(
        "missing-tag-gives-newest",
        "A mistyped tag is answered with a version that nobody asked for.",
        "TestStore_GetAuditByTag of b070f18, second half",
        audit_by_tag=f"SELECT data {AUDIT_OF} ORDER BY tag = :tag DESC, id DESC LIMIT 1",
    ),
    exchange(
        "newer-archive-withdraws-the-tag",
        "Archiving a version without a tag makes every tag of the skill vanish.",
        "D70, turned round",
        audit_by_tag=f"SELECT data FROM resource_audit WHERE id = (SELECT max(id) {AUDIT_OF}) "
        "AND tag = :tag",
    ),
    exchange(
        "tag-lookup-is-a-pattern",
        "Asking for v1_0 can give the version tagged V1.0.",
        "D36, for tags",
        audit_by_tag=f"SELECT data {AUDIT_OF} AND tag LIKE :tag ORDER BY id DESC LIMIT 1",
    ),
    exchange(
        "saving-changes-the-newest-snapshot",
        "With every save the version archived last is rewritten, and what it was is gone.",
        "stigmer b070f18, interface.go: audit records are immutable",
        ddl=(
            (
                "CREATE TRIGGER shared_content AFTER INSERT ON resources BEGIN "
                "UPDATE resource_audit SET data = NEW.data WHERE id = "
                "(SELECT max(id) FROM resource_audit "
                "WHERE kind = NEW.kind AND resource_id = NEW.id); END"
            ),
        ),
    ),
)

RESOLUTION = (
    exchange(
        "hash-lookup-ignores-the-skill",
        "A version that only another organisation has pushed is handed out as one's own.",
        "stigmer b070f18, store.go: GetAuditByHash is of one resource",
        audit_by_hash="SELECT data FROM resource_audit WHERE kind = :kind "
        "AND version_hash = :hash ORDER BY id DESC LIMIT 1",
    ),
    exchange(
        "tag-lookup-ignores-the-skill",
        "A tag answers with another skill that was pushed under the same tag.",
        "stigmer b070f18, store.go: GetAuditByTag is of one resource",
        audit_by_tag="SELECT data FROM resource_audit WHERE kind = :kind AND tag = :tag "
        "ORDER BY id DESC LIMIT 1",
    ),
)
