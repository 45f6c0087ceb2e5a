from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("Deleting a history deletes that of an id that differs in case.", "COLLATE NOCASE")
def history_deletion_ignores_case(recipe):
    return with_queries(recipe, delete_audit=f"DELETE {AUDIT_OF} COLLATE NOCASE")


@fault("A hash lookup finds the version of a record of another kind.", "the kind is forgotten in one of the lookups")
def hash_lookup_forgets_the_kind(recipe):
    return with_queries(recipe, audit_by_hash=newest("FROM resource_audit WHERE resource_id = :id AND version_hash = :hash"))


@fault("A hash lookup finds a version of another record whose tag has that text.", "OR without parentheses")
def or_is_left_without_parentheses(recipe):
    return with_queries(recipe, audit_by_hash=newest(f"{HASHED} OR tag = :hash"))


@fault("A tag that holds a star or brackets finds another's version, or not its own.", "GLOB for =")
def tags_are_globs(recipe):
    return with_queries(recipe, audit_by_tag=newest(f"{AUDIT_OF} AND tag GLOB :tag"))


@fault("A record that is saved again goes on showing when it was first saved.", "the update of an upsert leaves out the date")
def saved_again_keeps_the_first_date(recipe):
    upsert = (
        "INSERT INTO resources (kind, id, data, updated_at) VALUES (:kind, :id, :data, datetime('now')) "
        "ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data"
    )
    return with_queries(recipe, save_resource=upsert)


@fault("Of equal versions within one second only one is kept.", "an insert that looks for its equal first")
def equal_versions_of_one_second_are_one(recipe):
    insert = (
        "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) "
        "SELECT :kind, :id, :data, datetime('now'), :hash, :tag WHERE NOT EXISTS "
        f"(SELECT 1 {HASHED} AND tag = :tag AND archived_at = datetime('now') AND data = :data)"
    )
    return with_queries(recipe, save_audit=insert)


@fault("Listings are in another order when ids have capitals.", "ORDER BY with NOCASE")
def listing_is_sorted_without_case(recipe):
    return with_queries(recipe, list_resources=Queries().list_resources.replace("ORDER BY id", "ORDER BY id COLLATE NOCASE"))


@fault("The listing of a kind holds records of one that differs in case.", "COLLATE NOCASE on the kind")
def listed_kinds_ignore_case(recipe):
    return with_queries(recipe, list_resources="SELECT data FROM resources WHERE kind = :kind COLLATE NOCASE ORDER BY id")


@fault("A version is not found by its hash once another skill has the same content.", "the inner query lost the resource")
def newest_of_a_hash_is_sought_everywhere(recipe):
    inner = "SELECT max(id) FROM resource_audit WHERE kind = :kind AND version_hash = :hash"
    return with_queries(recipe, audit_by_hash=f"SELECT data {HASHED} AND id = ({inner})")


@fault("Ids that look like numbers and equal another are one record.", "one query compares ids as numbers when both are")
def numeric_ids_are_numbers(recipe):
    same = "(id = :id OR (:id <> '' AND id <> '' AND id NOT GLOB '*[^0-9]*' AND :id NOT GLOB '*[^0-9]*' AND CAST(id AS INTEGER) = CAST(:id AS INTEGER)))"
    return with_queries(recipe, get_resource=f"SELECT data FROM resources WHERE kind = :kind AND {same} ORDER BY id LIMIT 1")


@fault("A deletion by the number of a kind deletes nothing.", "one verb binds the number instead of the name")
class deletion_by_number_finds_nothing(SqliteStore):
    def delete_resource(self, kind, resource_id):
        super().delete_resource(str(kind), resource_id)


@fault("A hash in other case finds a version.", "COLLATE NOCASE on the hash")
def archived_hashes_ignore_case(recipe):
    return with_queries(recipe, audit_by_hash=newest(f"{HASHED} COLLATE NOCASE"))


@fault("A tag finds a version whose tag only adds blanks.", "COLLATE RTRIM, as CHAR columns compare")
def archived_tags_ignore_trailing_blanks(recipe):
    return with_queries(recipe, audit_by_tag=newest(f"{TAGGED} COLLATE RTRIM"))
