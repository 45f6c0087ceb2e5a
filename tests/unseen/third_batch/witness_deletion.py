from witnesses import *


@w(0)
def deleted_skills_go_to_the_trash(t): t.delete(t.push().metadata.id); return t.column("SELECT count(*) FROM resources")[0]

@w({"k": "x"})
def deletion_answers_the_last_push(t): return dict(t.delete(t.seeded(labels={"k": "x"}).metadata.id).metadata.labels)


@w(1)
def prefix_deletion_takes_histories(t):
    t.s.save_resource("agent", "x", t.m()); t.s.save_audit("agent", "x", t.m()); t.s.delete_resources_by_id_prefix("agent", "x")
    return len(t.s.list_audit_history("agent", "x"))

@w((2, 3))
def deletions_count_to_one(t):
    for i in "ab": t.s.save_resource("agent", i, t.m())
    fill(t, 3)
    return t.s.delete_resources_by_kind("agent"), t.s.delete_audit_by_resource_id("agent", "x")

@w("ok")
def deleted_names_stay_taken(t): t.delete(t.push().metadata.id); return code(t.push)

@w(1)
def failed_deletion_loses_the_history(t):
    made = t.push()
    t.s.execute("CREATE TRIGGER no BEFORE DELETE ON resources BEGIN SELECT raise(ABORT, 'no'); END")
    code(t.delete, made.metadata.id)
    return len(t.history(made.metadata.id))

@w("two")
def deletion_takes_the_slug_everywhere(t): made = t.push(org="a"); t.push(text="two", org="b"); t.delete(made.metadata.id); return t.text(org="b")

@w("NOT_FOUND")
def deletion_waits_for_the_next_write(t): made = t.push(); t.delete(made.metadata.id); return code(t.get, made.metadata.id)

@w(0)
def newest_version_is_spared(t): made = t.push(); t.delete(made.metadata.id); return len(t.history(made.metadata.id))

@w("ok")
def tagged_skills_are_protected(t): return code(t.delete, t.push(tag="v1").metadata.id)

@w("ok")
def deletion_reads_the_artifact(t): made = t.push(); t.file(made).unlink(); return code(t.delete, made.metadata.id)
