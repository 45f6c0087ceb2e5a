from witnesses import *


@w("NOT_FOUND")
def tags_lead_to_rows_that_were_undone(t):
    t.push(); t.fail_saves(1); code(t.push, text="failed", tag="v2"); t.push(text="three", tag="v3"); t.push(text="four")
    return t.text("v2")

@w("two")
def references_without_organisation_are_not_evicted(t): t.push(org="acme"); t.text(); t.push(text="two", org="acme"); return t.text()

@w("NOT_FOUND")
def deleted_versions_answer_for_the_successor(t):
    made = t.push(tag="v1"); t.push(text="two"); t.text("v1"); t.delete(made.metadata.id); t.push(text="new")
    return t.text("v1")

@w("one")
def index_of_a_failed_reading_is_kept(t):
    rows, left = t.s.resource_rows, [1]
    def failing(kind):
        if left: left.pop(); raise StoreError("disk I/O error")
        return rows(kind)
    t.push(on=t.b); t.s.resource_rows = failing; t.text()
    return t.text()

@w(["agent", "session"])
def kind_is_missing_in_the_key(t):
    kinds = ["agent", "session"]
    for kind in kinds: t.s.save_audit(kind, "default", t.m(kind), tag="v1")
    return [t.s.get_audit_by_tag(kind, "default", "v1", t.g.Skill).metadata.name for kind in kinds]
