from witnesses import *



def nested(t):
    with t.s.transaction(): undo_inner(t)

def undo_inner(t):
    with t.s.transaction(): raise KeyError

@w("ok")
def permits_are_lost_with_errors(t):
    for _ in range(8): code(t.push, data=b"no archive")
    return code(t.push)

@w("one")
def closing_removes_the_side_files(t): t.b; t.push(); t.a.close(); return t.text(on=t.make(new=False))

@w([])
def units_ended_by_an_answer_are_committed(t):
    def unit():
        with t.s.transaction(): t.s.save_resource("agent", "x", t.m("x")); t.get("skl-none")
    code(unit)
    return names(t, "agent")

@w("ok")
def opening_needs_the_write_lock(t):
    t.a
    with t.s.transaction(): return code(lambda: t.b)

@w("NOT_FOUND")
def artifacts_are_written_after_the_commit(t):
    t.a.files.artifacts.mkdir(); (t.a.files.artifacts / "skills").write_bytes(b""); code(t.push)
    return t.text()

@w(1)
def artifacts_of_locked_pushes_stay(t):
    folder = t.file(t.push()).parent; t.b; t.s.execute("PRAGMA busy_timeout=0")
    with t.b.store.transaction(): code(t.push, text="two")
    return len(list(folder.iterdir()))

@w("one")
def mark_of_a_failed_unit_outlives_it(t): code(nested, t); t.push(); return t.text()

@w(1)
def start_removes_histories_without_a_record(t): t.s.save_audit("agent", "x", t.m()); t.b; return len(t.s.list_audit_history("agent", "x"))

@w([])
def units_of_two_stores_are_one(t):
    there = t.make(t.folder / "there" / "b.db").store
    def unit():
        with there.transaction(): there.save_resource("agent", "x", t.m("x")); raise KeyError
    with t.s.transaction(): code(unit)
    return there.list_resources("agent")

@w(["ok"])
def second_writer_is_refused(t):
    said = []
    one = threading.Thread(target=lambda: said.append(code(t.s.save_resource, "agent", "x", t.m())))
    with t.s.transaction(): one.start(); one.join(0.5)
    one.join()
    return said
