from witnesses import *


@w(0)
def units_are_committed_every_hundred_writes(t):
    undo(t, lambda: [t.s.save_resource("agent", f"a{i}", t.m()) for i in range(120)])
    return len(t.s.list_resources("agent"))

@w("first")
def twenty_tags_are_kept(t):
    for i in range(22): t.push(text="first" if i == 0 else f"t{i}", tag=f"v{i}")
    return t.text("v0")

@w(["n"])
def long_prefixes_are_cut(t):
    head = "execution-01kfxyz0123456789abcdefghj/"
    t.s.save_resource("agent", head + "b/1", t.m()); t.s.delete_resources_by_id_prefix("agent", head + "a/")
    return names(t, "agent")

@w("platform")
def only_ten_owners_of_a_slug_are_looked_at(t):
    for i in range(10): t.push(org=f"o{i}"); t.clock.go(seconds=1)
    t.push(text="platform")
    return t.text()

@w(70_000)
def archived_instructions_end_after_64_kibibytes(t): t.push(text="x" * 70_000, tag="v1"); t.push(); return len(t.text("v1"))
