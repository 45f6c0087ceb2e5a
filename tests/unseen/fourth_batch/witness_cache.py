from concurrent.futures import ThreadPoolExecutor

from witnesses import *


@w("one")
def repeated_pushes_are_answered_from_memory(t): t.push(); t.push(text="two"); t.push(); return t.text()

@w("one")
def index_watches_the_date_of_the_file(t): t.b; t.text(); t.push(on=t.b); return t.text()

@w("one")
def missing_skills_are_missing_for_a_minute(t): t.b; t.text(); t.push(on=t.b); return t.text()

@w("INVALID_ARGUMENT")
def checks_are_remembered_by_name(t): t.push(); return code(t.push, scope=2)

@w(["Skill", "SkillId"])
def message_class_is_missing_in_the_key(t):
    t.s.save_resource("agent", "x", t.m())
    return [type(t.s.get_resource("agent", "x", it)).__name__ for it in (t.g.Skill, t.g.SkillId)]

@w("new")
def units_read_what_was_there_before_them(t):
    def read(): return t.s.get_resource("agent", "x", t.g.Skill).metadata.name
    t.s.save_resource("agent", "x", t.m("old")); read()
    with t.s.transaction(): t.s.save_resource("agent", "x", t.m("new")); return read()

@w("UNAVAILABLE")
def closed_stores_answer_what_they_remember(t): made = t.push(); t.get(made.metadata.id); t.a.close(); return code(t.get, made.metadata.id)

@w("one")
def each_thread_has_an_index(t):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(t.text).result(); t.push()
        return pool.submit(t.text).result()

@w("ok")
def refreshes_do_not_forget(t): t.delete(t.push().metadata.id, on=t.b); return code(t.push)

@w("two")
def references_are_evicted_by_name(t): t.push(); t.text(); t.push(text="two"); return t.text()
