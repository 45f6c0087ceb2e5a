from witnesses import *


@w("skl")
def ids_have_the_kind_for_prefix(t): return t.push().metadata.id.partition("-")[0]

@w("My Calc")
def names_are_stored_as_slugs(t): return t.push("My Calc").metadata.name

@w("INVALID_ARGUMENT")
def names_without_a_slug_are_given_one(t): return code(t.push, "日本語")

@w("NOT_FOUND")
def slugs_may_be_shortened(t): t.push("Calculator"); return t.text()

@w("Email_Tool")
def stored_slugs_are_worked_out_anew(t):
    t.s.save_resource("skill", "skl-1", t.m("Email_Tool", slug="email-tool"))
    return t.ref(slug="email-tool").metadata.name

@w("NOT_FOUND")
def ids_answer_in_every_kind(t): t.s.save_resource("agent", "agt-1", t.m()); return code(t.get, "agt-1")

@w(["acmecalc", ""])
def names_may_carry_their_organisation(t): made = t.push("acme/Calc").metadata; return [made.slug, made.org]

@w("one")
def references_want_the_scope_of_the_record(t): t.push(org="a"); return t.text(org="a", scope=2)

@w(False)
def orphaned_histories_are_taken_over(t):
    old = t.push().metadata.id; t.s.delete_resource("skill", old)
    return t.push().metadata.id == old

@w("Calc")
def platform_records_have_no_organisation(t):
    t.s.save_resource("skill", "skl-1", t.m("Calc", slug="calc", org="a", owner_scope=1))
    return t.ref(org="a").metadata.name
