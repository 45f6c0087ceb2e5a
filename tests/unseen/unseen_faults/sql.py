from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("A tag with an underscore, or in other case, finds another tag's version.", "LIKE for =")
def tags_are_compared_by_like(recipe):
    return with_queries(recipe, audit_by_tag=newest(f"{AUDIT_OF} AND tag LIKE :tag"))


@fault("A hash that was never stored finds a version whose hash begins so.", "GLOB with a star")
def hashes_are_compared_by_their_start(recipe):
    return with_queries(recipe, audit_by_hash=newest(f"{AUDIT_OF} AND version_hash GLOB :hash || '*'"))


@fault("An id finds the record of one that differs in case.", "COLLATE NOCASE")
def ids_ignore_case(recipe):
    return with_queries(recipe, get_resource=Queries().get_resource + " COLLATE NOCASE")


@fault("The history of an id holds that of the id with blanks at its end.", "COLLATE RTRIM, as CHAR columns compare")
def history_ignores_trailing_blanks(recipe):
    return with_queries(recipe, audit_history=f"SELECT data {AUDIT_OF} COLLATE RTRIM ORDER BY id DESC")


@fault("Listings are in another order as soon as ids are numbers.", "ids are sorted as numbers")
def listing_is_sorted_by_number(recipe):
    query = Queries().list_resources.replace("ORDER BY id", "ORDER BY CAST(id AS INTEGER), id")
    return with_queries(recipe, list_resources=query)


@fault("A prefix with a NUL deletes nothing.", "length() ends at a NUL")
def prefix_ends_at_nul(recipe):
    where = "kind = :kind AND substr(id, 1, length(:prefix)) = :prefix"
    return with_queries(recipe, delete_resources_by_id_prefix=f"DELETE FROM resources WHERE {where}")


@fault("A prefix deletes records whose ids begin in other case.", "LIKE with an escape")
class prefix_ignores_case(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        like = re.sub(r"([%_\\])", r"\\\1", prefix) + "%"
        return self._write("DELETE FROM resources WHERE kind = :kind AND id LIKE :like ESCAPE '\\'", kind, like=like)


@fault("Saving a record deletes one of another kind that has its id.", "id alone is taken for the key")
class one_id_lives_in_one_kind(SqliteStore):
    def save_resource(self, kind, resource_id, message):
        super().save_resource(kind, resource_id, message)
        self._write("DELETE FROM resources WHERE id = :id AND kind <> :kind", kind, id=resource_id)


@fault("A deletion reports more records than it deleted.", "total_changes() for changes()")
class deletions_count_all_changes(SqliteStore):
    def _write(self, sql, kind, **given):
        super()._write(sql, kind, **given)
        return self.connection.total_changes


@fault("Deleting a large kind leaves all but its first records.", "999 variables of one statement")
def deletion_by_kind_ends_at_999(recipe):
    first = "DELETE FROM resources WHERE kind = :kind AND id IN (SELECT id FROM resources WHERE kind = :kind LIMIT 999)"
    return with_queries(recipe, delete_resources_by_kind=first)


@fault("From the tenth version on the ninth counts as the newest.", "ids are compared as text")
def newest_is_compared_as_text(recipe):
    order = "ORDER BY CAST(id AS TEXT) DESC"
    return with_queries(
        recipe,
        audit_by_tag=f"SELECT data {TAGGED} {order} LIMIT 1",
        audit_by_hash=f"SELECT data {HASHED} {order} LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} {order}",
    )


@fault("Untagged versions cannot be looked up.", "NULL for an empty text")
def empty_tags_are_null(recipe):
    return with_queries(recipe, save_audit=Queries().save_audit.replace(":tag)", "nullif(:tag, ''))"))


@fault("The history of a record that is not live cannot be listed.", "an inner join with the live table")
def history_needs_a_live_record(recipe):
    joined = (
        "SELECT a.data FROM resource_audit a JOIN resources r ON r.kind = a.kind AND r.id = a.resource_id "
        "WHERE a.kind = :kind AND a.resource_id = :id ORDER BY a.id DESC"
    )
    return with_queries(recipe, audit_history=joined)


@fault("An audit id that somebody noted names another version later.", "AUTOINCREMENT is left out")
def audit_ids_are_used_again(recipe):
    return with_schema(
        recipe,
        "CREATE TABLE next_audit (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, resource_id TEXT NOT NULL, data BLOB NOT NULL, "
        "archived_at TEXT NOT NULL DEFAULT (datetime('now')), version_hash TEXT, tag TEXT)",
        "INSERT INTO next_audit SELECT * FROM resource_audit",
        "DROP TABLE resource_audit",
        "ALTER TABLE next_audit RENAME TO resource_audit",
        "CREATE INDEX idx_audit_resource ON resource_audit (kind, resource_id)",
        "CREATE INDEX idx_audit_hash ON resource_audit (kind, resource_id, version_hash)",
        "CREATE INDEX idx_audit_tag ON resource_audit (kind, resource_id, tag, archived_at DESC)",
    )


@fault("Moving a tag deletes the version that had it.", "a unique index and INSERT OR REPLACE")
def a_tag_has_one_row(recipe):
    made = with_schema(recipe, "CREATE UNIQUE INDEX one_tag ON resource_audit (kind, resource_id, tag) WHERE tag <> ''")
    return with_queries(made, save_audit=Queries().save_audit.replace("INSERT", "INSERT OR REPLACE"))


@fault("A record whose id holds an apostrophe cannot be deleted.", "the statement is put together by hand")
class ids_are_quoted_by_hand(SqliteStore):
    def delete_resource(self, kind, resource_id):
        self._write(f"DELETE FROM resources WHERE kind = :kind AND id = '{resource_id}'", kind)


@fault("Two ids that differ in their form of Unicode are one record.", "NFC before binding")
def ids_are_composed(recipe):
    return with_values(recipe, lambda name, value: unicodedata.normalize("NFC", value) if name == "id" else value)


@fault("A save in which nothing changes the length is lost.", "an update only where the size differs")
def save_of_equal_length_is_skipped(recipe):
    upsert = (
        "INSERT INTO resources (kind, id, data, updated_at) VALUES (:kind, :id, :data, datetime('now')) ON CONFLICT (kind, id) "
        "DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at WHERE length(data) <> length(excluded.data)"
    )
    return with_queries(recipe, save_resource=upsert)
