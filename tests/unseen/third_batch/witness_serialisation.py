from witnesses import *


def kept(text): return lambda t: t.push(text=text).spec.skill_md

for _name, _text in (
    ("byte_order_mark_is_lost", "\ufeffone"), ("line_break_is_added_at_the_end", "one"),
    ("front_matter_is_taken_off", "---\nname: calc\n---\n# Calc\n"), ("blanks_at_line_ends_are_trimmed", "one  \ntwo\n"),
):
    WITNESSES[_name] = _text, kept(_text)

@w("INVALID_ARGUMENT")
def foreign_bytes_are_replaced(t): return code(t.push, data=pack("caf\u00e9".encode("latin-1")))

@w({"k": "v"})
def push_answers_its_request(t): t.seeded(labels={"k": "v"}); return dict(t.push(text="two").metadata.labels)

@w("caf\u00e9")
def annotations_are_escaped(t): t.seeded(annotations={"k": "caf\u00e9"}); return t.push(text="two").metadata.annotations["k"]

@w("Skill")
def updates_lack_their_kind(t): t.push(); return t.push(text="two").kind

@w("created")
def events_are_numbers(t): return stamp(t.push()).event

@w(7)
def newer_scopes_become_unspecified(t): t.seeded(owner_scope=7); return t.push(text="two").metadata.owner_scope

@w(["a"])
def version_tags_are_added_to_the_metadata(t): t.seeded(tags=["a"]); return list(t.push(text="two", tag="v2").metadata.tags)
