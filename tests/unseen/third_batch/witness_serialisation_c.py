from witnesses import *


@w("ok")
def empty_parts_lose_their_presence(t):
    it = t.g.Skill(metadata=t.g.ApiResourceMetadata(id="s", slug="calc"), spec=t.g.SkillSpec(skill_md="x", tag="v1")); it.status.SetInParent()
    t.s.save_resource("skill", "s", it)
    return code(t.ref, "v1")

@w(["Calc"])
def listing_leaves_large_records_packed(t): t.push(text=noise(90_000).hex()); return names(t, "skill")

@w([1, 1])
def kinds_without_a_name_become_unknown(t):
    for kind in (98, 99): t.s.save_resource(kind, "x", t.m())
    return [len(t.s.list_resources(kind)) for kind in ("98", "99")]

@w("one")
def unchanged_instructions_are_archived_empty(t):
    t.push(); t.push(data=pack("one", ("f", "1")), tag="v2"); t.push(text="three")
    return t.text("v2")

@w({"acme.io/owner": "x"})
def annotation_keys_lose_their_prefix(t): t.seeded(annotations={"acme.io/owner": "x"}); return dict(t.push(text="two").metadata.annotations)
