"""Ideas for a next schema, and what each would do to a history."""

from __future__ import annotations

from pytest_stigmer.defects.change import ARCHIVE, UPSERT, exchange, foreign_key


def _unique(column: str, where: str = "") -> tuple[str, ...]:
    on = f"resource_audit (kind, resource_id, {column}) {where}"
    return (f"CREATE UNIQUE INDEX idx_audit_unique ON {on}".rstrip(),)


_REPLACING = f"{ARCHIVE} VALUES (:kind, :id, :data, datetime('now'), :hash, :tag)".replace(
    "INSERT", "INSERT OR REPLACE", 1
)

SCHEMA = (
    exchange(
        "foreign-key-blocks-updates",
        "A skill that has a history can never be saved again.",
        "D37; schema v3 idea",
        ddl=foreign_key("RESTRICT"),
    ),
    exchange(
        "foreign-key-keeps-deleted-alive",
        "A skill that has a history cannot be deleted.",
        "D32; schema v3 idea",
        ddl=foreign_key("NO ACTION"),
    ),
    # Registries archive before they save; saving in place spares the history.
    exchange(
        "foreign-key-refuses-early-archive",
        "The first push of every skill fails, because its audit record has no parent yet.",
        "D37; D33; schema v3 idea",
        ddl=foreign_key("CASCADE", when=""),
        save_resource=UPSERT,
    ),
    exchange(
        "foreign-key-wipes-history",
        "Every save of a skill deletes its whole history, because REPLACE deletes the row it "
        "replaces.",
        "D37; schema v3 idea",
        ddl=foreign_key("CASCADE"),
    ),
    exchange(
        "snapshots-keyed-by-second",
        "Of the versions archived within one second only the last is kept.",
        "D16; schema v3 idea",
        ddl=_unique("archived_at"),
        save_audit=_REPLACING,
    ),
    exchange(
        "unique-tag-with-replace",
        "Moving a tag deletes from the history the version it was moved away from.",
        "D70; schema v3 idea",
        ddl=_unique("tag", "WHERE tag <> ''"),
        save_audit=_REPLACING,
    ),
    exchange(
        "unique-version-hash",
        "Pushing the content of an earlier version again fails.",
        "D18; schema v3 idea",
        ddl=_unique("version_hash", "WHERE version_hash <> ''"),
    ),
)

MIGRATION = (
    exchange(
        "migration-drops-malformed-rows",
        "The upgrade destroys the only copy of what it could not read.",
        "D24, turned round",
        ddl=("DELETE FROM resources WHERE instr(id, '_audit/') > 0",),
    ),
    exchange(
        "migration-stores-null",
        "After the upgrade untagged versions can be listed but not looked up.",
        "D21, with NULL",
        ddl=(
            "UPDATE resource_audit SET version_hash = nullif(version_hash, '')",
            "UPDATE resource_audit SET tag = nullif(tag, '')",
        ),
    ),
)
"""What is done to a file once its rows have moved; a new file has none."""
