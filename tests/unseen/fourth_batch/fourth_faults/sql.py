from __future__ import annotations

from fourth_faults._tools_e import *  # noqa: F403


@fault("Who asks what has changed lately does not see a record that was saved again with equal content.", "an upsert that leaves equal rows alone")
def equal_save_keeps_its_date(recipe):
    upsert = (
        "INSERT INTO resources (kind, id, data, updated_at) VALUES (:kind, :id, :data, datetime('now')) ON CONFLICT (kind, id) "
        "DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at WHERE data <> excluded.data"
    )
    return with_queries(recipe, save_resource=upsert)


@fault("Every record has a history, and every push adds two versions to one.", "an audit by trigger, beside the one by hand")
def saves_are_archived_by_a_trigger(recipe):
    return with_schema(
        recipe,
        "CREATE TRIGGER archive_saves AFTER INSERT ON resources BEGIN INSERT INTO resource_audit (kind, resource_id, data, version_hash, tag) "
        "VALUES (new.kind, new.id, new.data, '', ''); END",
    )


@fault("A deletion by a prefix with an underscore reports more than it has deleted.", "rows are counted by LIKE and deleted by range")
class count_of_a_prefix_deletion_is_a_pattern(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        with self.transaction():
            rows = self._read("SELECT count(*) FROM resources WHERE kind = :kind AND id LIKE :prefix || '%'", kind, prefix=prefix)
            super().delete_resources_by_id_prefix(kind, prefix)
        return rows[0]


@fault("Another server on the same file finds no version by its hash or tag.", "two columns change places in the statements, all of them")
def hash_and_tag_change_places(recipe):
    return with_queries(
        recipe,
        save_audit=Queries().save_audit.replace(":hash, :tag", ":tag, :hash"),
        audit_by_hash=newest(f"{AUDIT_OF} AND tag = :hash"),
        audit_by_tag=newest(f"{AUDIT_OF} AND version_hash = :tag"),
    )


@fault("A version whose tag has moved on is not found by its hash any more.", "superseded rows are left out of every lookup, not only of that by tag")
def moved_tags_hide_their_old_version(recipe):
    superseded = (
        "SELECT 1 FROM resource_audit AS later WHERE later.kind = resource_audit.kind AND later.resource_id = resource_audit.resource_id "
        "AND later.tag = resource_audit.tag AND later.tag <> '' AND later.id > resource_audit.id"
    )
    return with_queries(recipe, audit_by_hash=newest(f"{AUDIT_OF} AND version_hash = :hash AND NOT EXISTS ({superseded})"))


@fault("Deleting a history reports that nothing was deleted.", "RETURNING, whose rows nobody fetches before the count is read")
def deleted_versions_are_returned_uncounted(recipe):
    return with_queries(recipe, delete_audit=f"DELETE {AUDIT_OF} RETURNING id")


@fault("A record is listed once for each of its versions.", "a join with the history, for a column that is not used yet")
def listing_repeats_what_has_versions(recipe):
    joined = "resources AS r LEFT JOIN resource_audit AS a ON a.kind = r.kind AND a.resource_id = r.id"
    return with_queries(recipe, list_resources=f"SELECT r.data FROM {joined} WHERE r.kind = :kind ORDER BY r.id")


@fault("Deleting the record a_1 deletes the record ab1.", "one statement for whole ids and patterns, with LIKE")
def deleted_id_is_a_pattern(recipe):
    return with_queries(recipe, delete_resource="DELETE FROM resources WHERE kind = :kind AND id LIKE :id")


@fault("The history lacks the current version until there is a newer one.", "what is live is left out, so that nothing is shown twice")
def history_leaves_out_what_is_live(recipe):
    live = "SELECT data FROM resources WHERE kind = :kind AND id = :id"
    return with_queries(recipe, audit_history=f"SELECT data {AUDIT_OF} AND data NOT IN ({live}) ORDER BY id DESC")


@fault("A version that another skill had first can be found only while it is current.", "NOT EXISTS of the same content, without the question whose it is")
def content_of_another_skill_is_not_archived(recipe):
    insert = (
        "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) "
        "SELECT :kind, :id, :data, datetime('now'), :hash, :tag WHERE NOT EXISTS "
        "(SELECT 1 FROM resource_audit WHERE kind = :kind AND version_hash = :hash AND :hash <> '' AND resource_id <> :id)"
    )
    return with_queries(recipe, save_audit=insert)
