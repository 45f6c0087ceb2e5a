from witnesses import *


@w({})
def removed_labels_come_back(t):
    t.seeded(labels={"k": "x"}); made = t.push(text="two"); made.metadata.labels.clear(); t.s.save_resource("skill", made.metadata.id, made)
    return dict(t.push(text="three").metadata.labels)

@w(1)
def deletion_takes_the_double_along(t):
    for i in "ab": t.s.save_resource("skill", i, t.m(id=i, slug="calc"))
    t.delete("a")
    return len(t.s.list_resources("skill"))

@w("ok")
def damaged_version_blocks_the_deletion(t): made = t.push(); t.s.execute("UPDATE resource_audit SET data = x'ffff'"); return code(t.delete, made.metadata.id)

@w("NOT_FOUND")
def orphaned_history_is_deleted_and_answered(t): made = t.push(); t.s.delete_resource("skill", made.metadata.id); return code(t.delete, made.metadata.id)

@w("ok")
def deletion_in_a_unit_leaves_the_index(t):
    made = t.push()
    with t.s.transaction(): t.delete(made.metadata.id)
    return code(t.push)
