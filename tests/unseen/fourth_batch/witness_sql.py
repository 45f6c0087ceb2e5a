from witnesses import *


@w(["2026-01-25 10:01:00"])
def equal_save_keeps_its_date(t):
    for _ in range(2): t.s.save_resource("agent", "a", t.m()); t.clock.go(minutes=1)
    return t.column("SELECT updated_at FROM resources")

@w(1)
def saves_are_archived_by_a_trigger(t): return len(t.history(t.push().metadata.id))

@w(1)
def count_of_a_prefix_deletion_is_a_pattern(t):
    for i in ("a_1", "ab1"): t.s.save_resource("agent", i, t.m(i))
    return t.s.delete_resources_by_id_prefix("agent", "a_")

@w(["v1"])
def hash_and_tag_change_places(t): t.push(tag="v1"); return t.column("SELECT tag FROM resource_audit")

@w("one")
def moved_tags_hide_their_old_version(t):
    old = t.push(tag="stable"); t.push(text="two", tag="stable")
    return t.text(old.status.version_hash)

@w(2)
def deleted_versions_are_returned_uncounted(t): fill(t, 2); return t.s.delete_audit_by_resource_id("agent", "x")

@w(1)
def listing_repeats_what_has_versions(t): t.push(); t.push(text="two"); return len(t.s.list_resources("skill"))

@w(["ab1"])
def deleted_id_is_a_pattern(t):
    for i in ("a_1", "ab1"): t.s.save_resource("agent", i, t.m(i))
    t.s.delete_resource("agent", "a_1")
    return names(t, "agent")

@w(2)
def history_leaves_out_what_is_live(t): t.push(); return len(t.history(t.push(text="two").metadata.id))

@w("one")
def content_of_another_skill_is_not_archived(t):
    t.push("Other"); t.push(tag="v1"); t.push(text="two")
    return t.text("v1")
