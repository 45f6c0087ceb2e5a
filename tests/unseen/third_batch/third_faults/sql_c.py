from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("A deletion by a prefix with a backslash deletes nothing.", "LIKE with an escape character that is not escaped itself")
def backslashes_in_a_prefix_escape(recipe):
    like = r"replace(replace(:prefix, '%', '\%'), '_', '\_') || '%' ESCAPE '\'"
    return with_queries(recipe, delete_resources_by_id_prefix=f"{Queries().delete_resources_by_id_prefix} AND id LIKE {like}")


@fault("Each version is listed twice where another kind has a resource of the same id.", "a join on the id without the kind")
def history_joins_live_rows_by_id_alone(recipe):
    return with_queries(recipe, audit_history=(
        "SELECT a.data FROM resource_audit a LEFT JOIN resources r ON r.id = a.resource_id "
        "WHERE a.kind = :kind AND a.resource_id = :id ORDER BY a.id DESC"
    ))


@fault("In a file whose index was dropped no tag can be looked up.", "INDEXED BY in the query")
def tag_lookup_needs_its_index(recipe):
    return with_queries(recipe, audit_by_tag=newest(TAGGED.replace("resource_audit", "resource_audit INDEXED BY idx_audit_tag")))


@fault("A resource with an id such as security-audit/1 is not listed.", "what an old release archived is left out by LIKE, whose underscore is any character")
def ids_like_those_of_audits_are_not_listed(recipe):
    return with_queries(recipe, list_resources="SELECT data FROM resources WHERE kind = :kind AND id NOT LIKE '%_audit/%' ORDER BY id")


@fault("After the clock was set back saves change nothing.", "the upsert keeps the newer of two rows by their dates")
def older_saves_are_skipped(recipe):
    return with_queries(recipe, save_resource=(
        "INSERT INTO resources (kind, id, data, updated_at) VALUES (:kind, :id, :data, datetime('now')) "
        "ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at "
        "WHERE excluded.updated_at >= resources.updated_at"
    ))
