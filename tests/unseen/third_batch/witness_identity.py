from witnesses import *

import re


@w("NOT_FOUND")
def missing_skills_come_from_the_platform(t): t.push(); return t.text(org="a")

@w("one")
def own_skill_is_ambiguous_too(t): t.push(); t.push(text="two", org="a"); return t.text()

for _name, _given, _slug in (
    ("names_are_cut_to_the_last_part", "org/Calc.v2", "orgcalcv2"), ("capitals_begin_a_word", "MyCalc", "mycalc"),
):
    WITNESSES[_name] = _slug, lambda t, given=_given: t.push(given).metadata.slug

@w(True)
def taken_slugs_get_a_number(t): return t.push("C").metadata.id == t.push("C++", text="two").metadata.id

@w(False)
def ids_follow_from_the_name(t):
    made = t.push(); t.delete(made.metadata.id)
    return t.push().metadata.id == made.metadata.id

@w(True)
def ids_are_in_capitals(t): return bool(re.fullmatch("skl-[0-7][0-9a-hjkmnp-tv-z]{25}", t.push().metadata.id))

@w(["one", "two"])
def push_adopts_what_belongs_to_nobody(t): t.push(); t.push(text="two", org="a"); return [t.text(), t.text(org="a")]

@w(["one", "two"])
def push_takes_the_only_organisation(t): t.push(org="a"); t.push(text="two"); return [t.text(org="a"), t.text()]

@w([0, 0])
def unset_scope_is_filled(t): return [t.push(org=o).metadata.owner_scope for o in ("", "a")]

@w(2)
def organisations_are_compared_as_slugs(t): return len({t.push(org=o).metadata.id for o in ("Acme Inc", "acme-inc")})

@w(2)
def key_is_joined_by_a_hyphen(t): return len({t.push(n, org=o).metadata.id for n, o in (("b c", "a"), ("c", "a-b"))})

@w("Calc")
def front_matter_renames_the_skill(t): return t.push(text="---\nname: calculator\ndescription: x\n---\nbody").metadata.name

@w("Calc")
def ids_are_read_from_the_message(t): t.s.save_resource("skill", "skl-1", t.m("Calc", slug="calc")); return t.ref().metadata.name
