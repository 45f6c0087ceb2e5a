from witnesses import *


@w("second")
def save_does_not_overwrite(t):
    for name in ("first", "second"): t.s.save_resource("agent", "x", t.m(name))
    return t.s.get_resource("agent", "x", t.g.Skill).metadata.name


def left(t, prefix, *ids):
    for i in ids: t.s.save_resource("agent", i, t.m(i))
    t.s.delete_resources_by_id_prefix("agent", prefix)
    return names(t, "agent")

@w(["b"])
def prefix_range_includes_its_end(t): return left(t, "a", "a1", "b")

@w(["x"])
def prefix_is_measured_in_bytes(t): return left(t, "caf\u00e9/", "caf\u00e9/1", "x")

@w(["b/a/1"])
def prefix_is_found_anywhere(t): return left(t, "a/", "a/1", "b/a/1")

@w("one")
def tags_in_a_string_column_are_numbers(t):
    t.push(tag="1.1"); t.push(text="ten", tag="1.10"); t.push(text="three")
    return t.text("1.1")

@w("ok")
def archived_hashes_are_checked(t): return name_of(t.s.save_audit, "agent", "x", t.m())

@w(1)
def versions_without_hash_are_not_listed(t): t.s.save_audit("agent", "x", t.m()); return len(t.s.list_audit_history("agent", "x"))

@w(["", "v1"])
def history_is_grouped_by_hash(t): t.push(tag="v1"); return [it.spec.tag for it in t.history(t.push().metadata.id)]

@w("one")
def newest_row_is_chosen_before_its_tag(t): t.push(tag="v1"); t.push(text="two"); return t.text("v1")

@w(["a", "b"])
def listing_is_sorted_by_last_change(t):
    for i in "ab": t.s.save_resource("agent", i, t.m(i)); t.clock.go(minutes=1)
    return names(t, "agent")

@w("2026-01-25 10:00:00")
def dates_are_written_with_t_and_z(t): t.push(); return archived(t)

@w("ok")
def audit_ids_are_counts_of_rows(t): made = t.push(); t.push("Other"); t.delete(made.metadata.id); return code(t.push, "Other", "two")

@w(["skill"])
def kinds_are_stored_by_number(t): t.push(); return t.column("SELECT kind FROM resources")

@w("v1")
def tags_lead_to_hashes(t): t.push(tag="v1"); t.push(tag="v2"); t.push(text="two"); return t.ref("v1").spec.tag
