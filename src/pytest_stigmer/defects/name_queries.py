"""Queries that take different names for one, or change what a name is."""

from __future__ import annotations

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, Row, exchange

_EXACT = "stigmer b070f18, store.go: names are compared as they are"
_BLANKS = "char(9, 10, 13, 32)"


def _ids(defect_id: str, harm: str, origin: str, condition: str) -> Row:
    """Return a defect of the queries of audit records: the resource's id is compared otherwise."""
    of = f"FROM resource_audit WHERE kind = :kind AND {condition}"
    return exchange(
        defect_id,
        harm,
        origin,
        audit_by_hash=f"SELECT data {of} AND version_hash = :hash ORDER BY id DESC LIMIT 1",
        audit_by_tag=f"SELECT data {of} AND tag = :tag ORDER BY id DESC LIMIT 1",
        audit_history=f"SELECT data {of} ORDER BY id DESC",
        delete_audit=f"DELETE {of}",
    )


def _lookup(condition: str) -> str:
    return f"SELECT data {AUDIT_OF} AND {condition} ORDER BY id DESC LIMIT 1"


NAMES = (
    exchange(
        "hash-lookup-is-a-pattern",
        "A hash with a wildcard in it gives some version of the skill.",
        "D36, for hashes",
        audit_by_hash=_lookup("version_hash LIKE :hash"),
    ),
    exchange(
        "hashes-ignore-case",
        "A hash in upper case gives a version here and none on another server.",
        _EXACT,
        audit_by_hash=_lookup("lower(version_hash) = lower(:hash)"),
    ),
    exchange(
        "hashes-are-stripped",
        "A hash with a line end from a file gives a version here and none on another server.",
        _EXACT,
        audit_by_hash=_lookup(f"version_hash = trim(:hash, {_BLANKS})"),
    ),
    exchange(
        "history-delete-ignores-case",
        "Deleting the history of Skl-1 deletes that of skl-1 too.",
        _EXACT,
        delete_audit="DELETE FROM resource_audit WHERE kind = :kind "
        "AND lower(resource_id) = lower(:id)",
    ),
    _ids(
        "snapshot-ids-are-glob-patterns",
        "The versions of a skill whose id has a bracket or a star are those of other skills.",
        "D36, for resource ids",
        "resource_id GLOB :id",
    ),
    _ids(
        "snapshot-ids-are-like-patterns",
        "The versions of a_b are also those of axb.",
        "D36, for resource ids",
        "resource_id LIKE :id",
    ),
    _ids(
        "snapshot-ids-are-stripped",
        "Ids that differ in a blank at their end share one history.",
        _EXACT,
        f"trim(resource_id, {_BLANKS}) = trim(:id, {_BLANKS})",
    ),
    _ids(
        "snapshot-ids-end-at-nul",
        "Ids that are alike up to a NUL character share one history.",
        _EXACT,
        "substr(resource_id, 1, length(resource_id)) = substr(:id, 1, length(:id))",
    ),
    _ids(
        "snapshot-ids-ignore-case",
        "The versions of Skl-1 are also those of skl-1.",
        _EXACT,
        "resource_id = :id COLLATE NOCASE",
    ),
    exchange(
        "snapshot-ids-must-be-ascii",
        "A version of a resource whose id has a letter of another script cannot be archived.",
        "stigmer b070f18, store.go: an id is any text",
        ddl=(
            (
                "CREATE TRIGGER ascii_ids BEFORE INSERT ON resource_audit "
                "WHEN NEW.resource_id GLOB '*[^ -~]*' BEGIN "
                "SELECT RAISE(ABORT, 'the id is not ASCII'); END"
            ),
        ),
    ),
    exchange(
        "tags-are-stripped",
        "A tag with a blank at its end gives the version of another tag.",
        _EXACT,
        audit_by_tag=_lookup(f"tag = trim(:tag, {_BLANKS})"),
    ),
    exchange(
        "tags-end-at-nul",
        "A tag with a NUL character gives the version of the tag before it.",
        _EXACT,
        audit_by_tag=_lookup("tag = substr(:tag, 1, length(:tag))"),
    ),
)


def _cut(name: str) -> str:
    # substr() stops at NUL, so shorter names stay as they are.
    return f"iif(length({name}) > 255, substr({name}, 1, 255), {name})"


def _archive(version_hash: str, tag: str) -> str:
    return f"{ARCHIVE} VALUES (:kind, :id, :data, datetime('now'), {version_hash}, {tag})"


_WHOLE = "stigmer b070f18, store.go: the columns are TEXT without a length"
_THIS_RECORD = f"FROM resources WHERE kind = :kind AND id = {_cut(':id')}"
_NEWEST = f"resource_audit WHERE id IN (SELECT id {AUDIT_OF} ORDER BY id DESC LIMIT 30)"
_LAST = "ORDER BY id DESC LIMIT 1"

LIMITS = (
    exchange(
        "hashes-are-cut-at-255",
        "Long hashes that differ at their end name one version.",
        _WHOLE,
        save_audit=_archive(_cut(":hash"), ":tag"),
        audit_by_hash=_lookup(f"version_hash = {_cut(':hash')}"),
    ),
    exchange(
        "history-ends-at-200",
        "Of a skill with many versions the first ones cannot be listed any more.",
        "stigmer b070f18, interface.go: ListAuditHistory has no page",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY id DESC LIMIT 200",
    ),
    exchange(
        "lookups-search-thirty-versions",
        "A tag or a hash of a version that thirty others follow names nothing.",
        "stigmer b070f18, store.go: a lookup goes through the whole history",
        audit_by_hash=f"SELECT data FROM {_NEWEST} AND version_hash = :hash {_LAST}",
        audit_by_tag=f"SELECT data FROM {_NEWEST} AND tag = :tag {_LAST}",
    ),
    exchange(
        "record-ids-are-cut-at-255",
        "Records whose long ids differ at their end replace one another.",
        _WHOLE,
        save_resource="INSERT OR REPLACE INTO resources (kind, id, data, updated_at) "
        f"VALUES (:kind, {_cut(':id')}, :data, datetime('now'))",
        get_resource=f"SELECT data {_THIS_RECORD}",
        delete_resource=f"DELETE {_THIS_RECORD}",
    ),
    *(
        exchange(
            f"records-end-at-{most}",
            f"Of more than {most} records of a kind only the first {most} are listed.",
            "stigmer b070f18, interface.go: ListResources has no page",
            list_resources="SELECT data FROM resources WHERE kind = :kind "
            f"ORDER BY id LIMIT {most}",
        )
        for most in (50, 100, 200)
    ),
    _ids(
        "snapshot-ids-are-cut-at-255",
        "Resources whose long ids differ at their end share one history.",
        _WHOLE,
        f"{_cut('resource_id')} = {_cut(':id')}",
    ),
    exchange(
        "tags-are-cut-at-255",
        "Long tags that differ at their end name one version.",
        _WHOLE,
        save_audit=_archive(":hash", _cut(":tag")),
        audit_by_tag=_lookup(f"tag = {_cut(':tag')}"),
    ),
)
