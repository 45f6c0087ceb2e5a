from witnesses import *


@w(1)
def backslashes_in_a_prefix_escape(t): t.s.save_resource("agent", "corp\\ann/1", t.m()); return t.s.delete_resources_by_id_prefix("agent", "corp\\ann/")

@w(2)
def history_joins_live_rows_by_id_alone(t):
    for kind in ("agent", "session"): t.s.save_resource(kind, "default", t.m())
    fill(t, 2, "agent", "default")
    return len(t.s.list_audit_history("agent", "default"))

@w("one")
def tag_lookup_needs_its_index(t): t.push(tag="v1"); t.push(text="two"); t.s.execute("DROP INDEX idx_audit_tag"); return t.text("v1")

@w(["n"])
def ids_like_those_of_audits_are_not_listed(t): t.s.save_resource("agent", "security-audit/1", t.m()); return names(t, "agent")

@w("two")
def older_saves_are_skipped(t): t.push(); t.clock.go(minutes=-1); t.push(text="two"); return t.text()
