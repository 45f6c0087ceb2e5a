"""Queries that lose the order of audit records."""

from __future__ import annotations

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, HASHED, TAGGED, exchange

ORDERING = (
    exchange(
        "hash-lookup-oldest-wins",
        "A version that was pushed again under a new tag still answers with its old tag and old "
        "name.",
        "D17",
        audit_by_hash=f"SELECT data {HASHED} LIMIT 1",
    ),
    exchange(
        "history-oldest-first",
        "Whoever takes the first entry of a history as the newest version gets the very first one.",
        "fix 1f13f50, with the whole order turned round",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY id",
    ),
    exchange(
        "history-order-tiebreak-ascending",
        "Versions archived within one second are always listed oldest first.",
        "fix 1f13f50, with the tiebreak turned round",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id ASC",
    ),
    exchange(
        "history-order-without-tiebreak",
        "Versions archived within one second are listed oldest first, between newest-first "
        "neighbours.",
        "fix 1f13f50; D16",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC",
    ),
    exchange(
        "order-cuts-precise-time",
        "Although the file tells two archives of one second apart, lookups take them for "
        "simultaneous.",
        "fix 1f13f50; D16",
        save_audit=f"{ARCHIVE} "
        "VALUES (:kind, :id, :data, strftime('%Y-%m-%d %H:%M:%f', 'now'), :hash, :tag)",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY datetime(archived_at) DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY datetime(archived_at) DESC",
    ),
    exchange(
        "order-of-mixed-precision",
        "A version archived on a full second is taken for newer than all that follow in that "
        "second.",
        "D15; D16, with the precision of Go's RFC3339Nano",
        save_audit=f"{ARCHIVE} VALUES (:kind, :id, :data, "
        "rtrim(rtrim(strftime('%Y-%m-%dT%H:%M:%f', 'now'), '0'), '.') || 'Z', :hash, :tag)",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY archived_at DESC, id DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id DESC",
    ),
    exchange(
        "order-trusts-clock",
        "After the clock was set back, tags and history go on showing versions from before.",
        "D15",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY archived_at DESC, id DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id DESC",
    ),
    exchange(
        "tag-lookup-oldest-wins",
        "A tag that was moved goes on naming the version it was first given to.",
        "D17, for tags",
        audit_by_tag=f"SELECT data FROM resource_audit WHERE id = (SELECT min(id) {TAGGED})",
    ),
    exchange(
        "tag-order-tiebreak-ascending",
        "A tag moved within one second names the first version it was given in that second.",
        "fix 1f13f50, with the tiebreak turned round",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY archived_at DESC, id ASC LIMIT 1",
    ),
    exchange(
        "tag-order-without-tiebreak",
        "A tag moved twice within one second can go on naming the version it was moved away from.",
        "fix 1f13f50; D16",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY archived_at DESC LIMIT 1",
    ),
    exchange(
        "tiebreak-on-random-id",
        "Which of two versions of one second counts as newest is left to chance.",
        "D63, for audit ids",
        save_audit="INSERT INTO resource_audit (id, kind, resource_id, data, archived_at, "
        "version_hash, tag) VALUES (((SELECT count(*) FROM resource_audit) + 1) * 2654435761 % "
        "4294967296, :kind, :id, :data, datetime('now'), :hash, :tag)",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY archived_at DESC, id DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id DESC",
    ),
    exchange(
        "tiebreak-on-version-hash",
        "Which of two versions of one second counts as newest depends on their contents.",
        "fix 1f13f50, with another tiebreak",
        audit_by_tag=f"SELECT data {TAGGED} ORDER BY archived_at DESC, version_hash DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, version_hash DESC",
    ),
)
