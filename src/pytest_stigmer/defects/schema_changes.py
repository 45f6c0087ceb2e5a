"""Ideas for a next schema, and what each would do to a history."""

from __future__ import annotations

from pytest_stigmer.defects.change import ARCHIVE, UPSERT, Exchange, foreign_key


def _unique(column: str, where: str = "") -> tuple[str, ...]:
    on = f"resource_audit (kind, resource_id, {column}) {where}"
    return (f"CREATE UNIQUE INDEX idx_audit_unique ON {on}".rstrip(),)


_REPLACING = f"{ARCHIVE} VALUES (:kind, :id, :data, datetime('now'), :hash, :tag)".replace(
    "INSERT", "INSERT OR REPLACE", 1
)

SCHEMA = (
    Exchange(
        "foreign-key-blocks-updates",
        "A skill that has a history can never be saved again.",
        "D37; schema v3 idea",
        ddl=foreign_key("RESTRICT"),
    ),
    Exchange(
        "foreign-key-keeps-deleted-alive",
        "A skill that has a history cannot be deleted.",
        "D32; schema v3 idea",
        ddl=foreign_key("NO ACTION"),
    ),
    # Registries archive before they save; saving in place spares the history.
    Exchange(
        "foreign-key-refuses-early-archive",
        "The first push of every skill fails, because its audit record has no parent yet.",
        "D37; D33; schema v3 idea",
        ddl=foreign_key("CASCADE", when=""),
        save_resource=UPSERT,
    ),
    Exchange(
        "foreign-key-wipes-history",
        "Every save of a skill deletes its whole history, because REPLACE deletes the row it "
        "replaces.",
        "D37; schema v3 idea",
        ddl=foreign_key("CASCADE"),
    ),
    Exchange(
        "snapshots-keyed-by-second",
        "Of the versions archived within one second only the last is kept.",
        "D16; schema v3 idea",
        ddl=_unique("archived_at"),
        save_audit=_REPLACING,
    ),
    Exchange(
        "unique-tag-with-replace",
        "Moving a tag deletes from the history the version it was moved away from.",
        "D70; schema v3 idea",
        ddl=_unique("tag", "WHERE tag <> ''"),
        save_audit=_REPLACING,
    ),
    Exchange(
        "unique-version-hash",
        "Pushing the content of an earlier version again fails.",
        "D18; schema v3 idea",
        ddl=_unique("version_hash", "WHERE version_hash <> ''"),
    ),
)
