from witnesses import *


def record(t, i, **kw): t.s.save_resource("skill", i, t.m("Calc", id=i, **kw))

@w("one")
def pushes_and_references_choose_other_doubles(t):
    for i in "ab": record(t, i, slug="calc")
    t.push()
    return t.text()

@w(2)
def records_without_slug_go_by_their_name(t): record(t, "a"); t.push(); return len(t.s.list_resources("skill"))

@w("NOT_FOUND")
def moved_skills_keep_their_old_identity(t):
    made = t.push(org="acme"); made.metadata.org = "umbrella"; t.s.save_resource("skill", made.metadata.id, made)
    return t.text(org="acme")

@w("one")
def organisations_are_lowered_at_the_start(t): t.push(org="Acme"); t.a.reopen(); return t.text(org="Acme")

@w("ok")
def ids_without_the_prefix_are_not_found(t): record(t, "imported-1", slug="calc"); return code(t.get, "imported-1")
