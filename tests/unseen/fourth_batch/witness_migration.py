from witnesses import *


@w("7")
def moved_versions_are_written_anew(t):
    t.legacy(("skill", KEY("s", 17), t.old(version={"id": "7"})))
    return t.history("s")[0].metadata.version.id

@w([])
def kinds_of_two_words_stay_live(t): t.legacy(("mcp_server", KEY("s", 17, "mcp_server"), t.old())); return names(t, "mcp_server")

def versions(t): return t.column("SELECT version FROM schema_version ORDER BY 1")

@w([1, 2])
def version_is_recorded_in_the_header(t): t.legacy(("skill", KEY("s", 17), t.old())); return versions(t)

@w(1)
def a_path_is_upgraded_once_per_process(t):
    t.push(); t.a.replace(first.legacy_database([first.ResourceRow("skill", KEY("s", 17), t.old())], clock=t.clock))
    return len(t.history("s"))

@w(1)
def upgrade_archives_the_live_records(t):
    t.legacy(("skill", KEY("s", 17), t.old()), ("skill", "s", t.old("two")))
    return len(t.history("s"))

@w([2])
def upgraded_files_use_audit_ids_again(t):
    t.legacy(("skill", KEY("s", 17), t.old())); t.s.delete_audit_by_resource_id("skill", "s"); t.s.save_audit("skill", "s", t.m())
    return t.column("SELECT id FROM resource_audit")

@w(1)
def histories_go_by_the_id_in_the_message(t): t.legacy(("skill", KEY("s", 17), t.old(id="original"))); return len(t.history("s"))

@w([1, 2])
def upgrade_without_old_versions_is_not_recorded(t): t.legacy(("skill", "s", t.old())); return versions(t)

@w(["v1"])
def only_hashes_are_filled_in(t): t.legacy(("skill", KEY("s", 17), t.old(tag="v1"))); return t.column("SELECT tag FROM resource_audit")

@w(2)
def current_version_is_not_moved(t):
    t.legacy(("skill", KEY("s", 17), t.old()), ("skill", KEY("s", 18), t.old("two")), ("skill", "s", t.old("two")))
    return len(t.history("s"))
