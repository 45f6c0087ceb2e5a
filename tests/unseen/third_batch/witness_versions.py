from witnesses import *


@w(2)
def equal_push_adds_no_version(t): t.push(); return len(t.history(t.push().metadata.id))

@w("two")
def tags_cannot_be_moved(t):
    t.push(tag="s"); code(t.push, text="two", tag="s")
    return t.text("s")

@w(["one", 3])
def known_content_leaves_its_old_place(t):
    t.push(tag="v1"); t.push(text="two"); made = t.push(tag="v3"); t.text()
    return [t.text("v1"), len(t.history(made.metadata.id))]

@w(1)
def replaced_version_is_archived(t): return len(t.history(t.push().metadata.id))

@w("two")
def latest_means_its_tag(t): t.push(tag="latest"); t.push(text="two", tag="v2"); return t.text("latest")

@w("NOT_FOUND")
def short_versions_mean_the_newest_below(t): t.push(tag="v1.0"); return t.text("v1")

@w("one")
def numbers_count_versions(t): t.push(tag="2"); t.push(text="two"); return t.text("2")

@w("NOT_FOUND")
def missing_version_is_sought_on_the_platform(t): t.push(tag="v1"); t.push(text="two", org="a"); return t.text("v1", org="a")

@w(True)
def old_versions_have_todays_status(t):
    old = t.push(tag="v1"); t.push(text="two")
    return t.ref("v1").status.version_hash == old.status.version_hash

@w("one")
def first_version_is_archived_without_its_tag(t): t.push(tag="v1"); t.push(text="two"); return t.text("v1")

@w("NOT_FOUND")
def slugs_may_carry_a_version(t): t.push(tag="v1"); return t.text(slug="calc:v1")
