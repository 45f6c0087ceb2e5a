import shutil
from witnesses import *


@w("ok")
def missing_artifacts_stay_missing(t):
    from hashlib import sha256
    code(t.art, f"skills/{sha256(pack('one')).hexdigest()}.zip")
    return code(t.art, t.push())

@w(["one", "two"])
def joined_keys_collide(t):
    t.push("b c", org="a"); t.push("c", text="two", org="a-b")
    return [t.text(slug="b-c", org="a"), t.text(slug="c", org="a-b")]

@w("ok")
def index_watches_only_others(t): t.push("Other"); t.s.save_resource("skill", "s", t.m(id="s", slug="calc")); return code(t.ref)

@w("one")
def index_outlives_its_connection(t): code(t.ref); t.push(); t.a.reopen(); return t.text()

@w(["one", "two"])
def two_files_share_one_memory(t):
    there = t.make(t.folder / "other" / "b.db")
    t.push(); t.push(text="two", on=there)
    return [t.text(), t.text(on=there)]

@w("AuditNotFound")
def versions_read_in_a_unit_outlive_it(t):
    def read(): return t.s.get_audit_by_tag("agent", "x", "v", t.g.Skill)
    undo(t, lambda: t.s.save_audit("agent", "x", t.m(), tag="v"), read)
    return name_of(read)

@w("ok")
def folder_is_made_once(t): shutil.rmtree(t.file(t.push()).parent); return code(t.push)

@w("ok")
def undone_deletions_stay_in_force(t):
    made = t.push(); undo(t, lambda: t.delete(made.metadata.id))
    return code(t.get, made.metadata.id)

@w("ok")
def repaired_artifacts_stay_damaged(t):
    made = t.push(); spoil(t.file(made)); code(t.art, made); t.push()
    return code(t.art, made)

@w("NOT_FOUND")
def scope_is_missing_in_the_key(t): t.push(org="a"); t.text(); return t.text(scope=1)
