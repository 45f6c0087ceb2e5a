from witnesses import *


@w("NOT_FOUND")
def gone_records_are_answered_from_their_history(t):
    made = t.push(); t.s.delete_resource("skill", made.metadata.id)
    return code(t.get, made.metadata.id)

@w(0)
def versions_without_hash_survive(t):
    made = t.push(); t.s.save_audit("skill", made.metadata.id, t.m()); t.delete(made.metadata.id)
    return len(t.history(made.metadata.id))


@w("ok")
def history_deletion_takes_the_live_record(t):
    made = t.push(); t.s.delete_audit_by_resource_id("skill", made.metadata.id)
    return code(t.get, made.metadata.id)

@w("one")
def deletion_answers_the_metadata_alone(t): return t.delete(t.push().metadata.id).spec.skill_md

@w("ok")
def skills_in_use_are_protected(t): made = t.push(); t.s.save_resource("agent", "agt-1", t.m("a", slug="calc")); return code(t.delete, made.metadata.id)

@w(0)
def deletion_is_recorded_in_the_history(t): made = t.push(); t.delete(made.metadata.id); return len(t.history(made.metadata.id))

@w("DATA_LOSS")
def damaged_skill_is_deleted_unseen(t): made = t.push(); t.damage(made.metadata.id); return code(t.delete, made.metadata.id)

@w(["a/1"])
def deletion_takes_what_lies_below(t):
    for i in ("a", "a/1"): t.s.save_resource("agent", i, t.m(i))
    t.s.delete_resource("agent", "a")
    return names(t, "agent")

@w(["two", "one"])
def history_is_deleted_as_a_range(t):
    made = t.push("Other"); own = t.push(); t.push("Other", "two"); own = t.push(text="two"); t.delete(made.metadata.id)
    return [it.spec.skill_md for it in t.history(own.metadata.id)]
