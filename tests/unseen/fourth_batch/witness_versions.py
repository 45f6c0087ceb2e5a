from witnesses import *


@w("NOT_FOUND")
def hashes_are_sought_in_every_skill(t): other = t.push("Other", text="two"); t.push(); return code(t.ref, other.status.version_hash)

@w(["v1", "v1"])
def moved_tags_leave_their_old_rows(t): t.push(tag="v1"); t.push(text="two", tag="v1"); return t.column("SELECT tag FROM resource_audit ORDER BY id")

@w("blue")
def latest_is_read_from_the_history(t): t.seeded(labels={"team": "blue"}); return t.ref().metadata.labels["team"]

@w("ok")
def tags_begin_with_a_letter_or_digit(t): return code(t.push, tag="_nightly")

@w("NOT_FOUND")
def histories_answer_for_missing_records(t): t.push(tag="v1"); t.s.delete_resources_by_kind("skill"); return t.text("v1")

@w("one")
def a_part_of_the_current_tag_is_enough(t): t.push(tag="1.0"); t.push(text="two", tag="1.0.1"); return t.text("1.0")

@w("ok")
def tags_differ_by_more_than_case(t): t.push(tag="v1"); return code(t.push, text="two", tag="V1")

@w("one")
def tags_are_read_from_the_messages(t): made = t.push(); t.s.save_audit("skill", made.metadata.id, made, tag="v9"); return t.text("v9")

@w("NOT_FOUND")
def short_hashes_are_versions(t): return t.text(t.push().status.version_hash[:12])

@w("one")
def known_content_is_refused(t): t.push(); t.push(text="two"); code(t.push); return t.text()
