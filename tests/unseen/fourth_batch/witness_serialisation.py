from witnesses import *


@w(2**16 + 2)
def characters_on_a_border_are_lost(t): return len(t.push(text="a" * (2**16 - 1) + "é\nb").spec.skill_md)

@w("all:\n\tmake")
def tabs_become_blanks(t): return t.push(text="all:\n\tmake").spec.skill_md

@w("echo $$ $name")
def instructions_are_a_template(t): return t.push(text="echo $$ $name").spec.skill_md

@w("a=b")
def label_values_end_at_an_equals_sign(t): t.seeded(labels={"query": "a=b"}); return t.push().metadata.labels["query"]

@w("My  Calc")
def blanks_in_a_row_become_one(t): return t.push("My  Calc").metadata.name

@w(2)
def archived_versions_are_not_ready(t): t.push(tag="v1"); t.push(text="two"); return t.ref("v1").status.state

@w("one")
def deletion_answers_a_summary(t): return t.delete(t.push().metadata.id).spec.skill_md

@w("one")
def listing_is_a_summary(t): t.push(); return t.g.Skill.FromString(t.s.list_resources("skill")[0]).spec.skill_md

@w('{"b":1,"a":2}')
def json_in_annotations_is_written_anew(t): t.seeded(annotations={"tool": '{"b":1,"a":2}'}); return t.push().metadata.annotations["tool"]

@w("a\n\nb")
def changes_of_white_space_are_overlooked(t): t.push(text="a b"); t.push(text="a\n\nb"); return t.text()
