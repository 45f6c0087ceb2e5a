from witnesses import *


@w("v1")
def equal_content_answers_the_current(t): t.push(tag="v1"); t.push(tag="v2"); return t.ref("v1").spec.tag

@w("latest")
def latest_is_not_kept_as_a_tag(t): return t.push(tag="latest").spec.tag

@w("two")
def prereleases_are_never_latest(t): t.push(tag="v1"); t.push(text="two", tag="v2-rc.1"); return t.text()

@w("NOT_FOUND")
def versions_choose_the_organisation(t): t.push(org="acme", tag="v1"); t.push(org="umbrella", tag="v2"); return t.text("v1")

@w("draft")
def records_without_status_are_passed_over(t):
    made = t.push(); made.ClearField("status"); made.spec.skill_md = "draft"
    t.s.save_resource("skill", made.metadata.id, made)
    return t.text()
