from __future__ import annotations

from pytest_stigmer.defects.change import with_schema
from pytest_stigmer.store.schema import AUDIT_INDEXES
from pytest_stigmer.store.translation import KIND_NAMES

from third_faults._tools import *  # noqa: F403

_PREFIXED = "DELETE FROM resources WHERE kind = :kind AND "


def with_audit_columns(recipe, columns):
    """Give the audit table these two last columns."""
    return with_schema(
        recipe,
        "CREATE TABLE resource_audit_next (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, resource_id TEXT NOT NULL, "
        f"data BLOB NOT NULL, archived_at TEXT NOT NULL DEFAULT (datetime('now')), {columns})",
        "INSERT INTO resource_audit_next SELECT * FROM resource_audit",
        "DROP TABLE resource_audit",
        "ALTER TABLE resource_audit_next RENAME TO resource_audit",
        *(f"CREATE INDEX {name} ON resource_audit {on}" for name, on in AUDIT_INDEXES.items()),
    )


@fault("A save of a record that is there changes nothing.", "INSERT OR IGNORE")
def save_does_not_overwrite(recipe):
    return with_queries(recipe, save_resource=Queries().save_resource.replace("OR REPLACE", "OR IGNORE"))


@fault("Deleting by prefix deletes a record whose id is the next text after the prefix.", "BETWEEN, which includes its end")
def prefix_range_includes_its_end(recipe):
    return with_queries(recipe, delete_resources_by_id_prefix=f"{_PREFIXED}id BETWEEN :prefix AND CAST(:end AS TEXT)")


@fault("Deleting by a prefix with an accent deletes nothing.", "the length is counted in bytes, the text in characters")
def prefix_is_measured_in_bytes(recipe):
    return with_queries(recipe, delete_resources_by_id_prefix=f"{_PREFIXED}substr(id, 1, length(CAST(:prefix AS BLOB))) = :prefix")


@fault("Deleting by prefix deletes records that have the text anywhere in their id.", "instr() > 0 in place of = 1")
def prefix_is_found_anywhere(recipe):
    return with_queries(recipe, delete_resources_by_id_prefix=f"{_PREFIXED}instr(id, :prefix) > 0")


@fault("The tags 1.1 and 1.10 are one tag.", "a column of type STRING, which SQLite takes for a number")
def tags_in_a_string_column_are_numbers(recipe):
    return with_audit_columns(recipe, "version_hash TEXT, tag STRING")


@fault("A version without a hash cannot be archived.", "a CHECK that a hash has 64 characters")
def archived_hashes_are_checked(recipe):
    return with_audit_columns(recipe, "version_hash TEXT CHECK (length(version_hash) = 64), tag TEXT")


@fault("Versions that were archived without a hash are missing from the history.", "rows without hash are taken for broken ones")
def versions_without_hash_are_not_listed(recipe):
    return with_queries(recipe, audit_history=f"SELECT data {AUDIT_OF} AND version_hash <> '' ORDER BY id DESC")


@fault("The history has only the newest of the versions of one content.", "GROUP BY version_hash, to show each version once")
def history_is_grouped_by_hash(recipe):
    newest_of_each = f"SELECT max(id) {AUDIT_OF} GROUP BY version_hash"
    return with_queries(recipe, audit_history=f"SELECT data FROM resource_audit WHERE id IN ({newest_of_each}) ORDER BY id DESC")


@fault("A tag is found only while the newest version has it.", "the newest row is chosen before its tag is compared")
def newest_row_is_chosen_before_its_tag(recipe):
    return with_queries(recipe, audit_by_tag=f"SELECT data FROM resource_audit WHERE id = (SELECT max(+id) {AUDIT_OF}) AND tag = :tag")


@fault("A listing has another order after a record was saved again.", "ORDER BY updated_at DESC for a page of news")
def listing_is_sorted_by_last_change(recipe):
    return with_queries(recipe, list_resources="SELECT data FROM resources WHERE kind = :kind ORDER BY updated_at DESC, id")


@fault("Rows of this server and of others cannot be sorted by their dates.", "ISO 8601 with T and Z in place of datetime()")
def dates_are_written_with_t_and_z(recipe):
    iso = lambda sql: sql.replace("datetime('now')", "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")  # noqa: E731
    return with_queries(recipe, save_resource=iso(Queries().save_resource), save_audit=iso(Queries().save_audit))


@fault("After a history was deleted nothing can be archived any more.", "the next id is the number of rows and one")
def audit_ids_are_counts_of_rows(recipe):
    insert = (
        "INSERT INTO resource_audit (id, kind, resource_id, data, archived_at, version_hash, tag) "
        "SELECT count(*) + 1, :kind, :id, :data, datetime('now'), :hash, :tag FROM resource_audit"
    )
    return with_queries(recipe, save_audit=insert)


@fault("Another server on the same file finds none of the records.", "the enum's number is stored in place of its name")
class kinds_are_stored_by_number(SqliteStore):
    def _numbered(self, kind):
        return {name: str(number) for number, name in KIND_NAMES.items()}.get(kind_text(kind), kind)

    def resource_rows(self, kind):
        return super().resource_rows(self._numbered(kind))

    def _read(self, sql, kind, **values):
        return super()._read(sql, self._numbered(kind), **values)

    def _write(self, sql, kind, **values):
        return super()._write(sql, self._numbered(kind), **values)


@fault("A tag answers with a later version of the same content, which has another tag.", "tags lead to hashes, and hashes to the newest row")
def tags_lead_to_hashes(recipe):
    tagged = f"SELECT version_hash FROM resource_audit WHERE id = (SELECT max(+id) {TAGGED})"
    return with_queries(recipe, audit_by_tag=newest(f"{AUDIT_OF} AND version_hash = ({tagged})"))
