from witnesses import *
from pytest_stigmer.skills.callers import Caller, waiting


def forbid(t, row, event="DELETE"):
    t.s.execute(f"CREATE TRIGGER no BEFORE {event} ON resources WHEN {'old' if event == 'DELETE' else 'new'}.id = '{row}' BEGIN SELECT raise(ABORT, 'no'); END")

@w(1)
def deletion_is_two_units(t):
    made = t.push(); forbid(t, made.metadata.id); code(t.delete, made.metadata.id)
    return len(t.history(made.metadata.id))

@w([])
def inner_units_only_join(t):
    with t.s.transaction(): undo(t, lambda: t.s.save_resource("agent", "x", t.m("x")))
    return names(t, "agent")

@w("ok")
def reading_takes_the_write_lock(t):
    made = t.push(); t.b; t.s.execute("PRAGMA busy_timeout=0")
    with t.b.store.transaction(): return code(t.get, made.metadata.id)

@w(["a1", "a2"])
def prefix_deletion_goes_record_by_record(t):
    for i in ("a1", "a2"): t.s.save_resource("agent", i, t.m(i))
    forbid(t, "a2"); code(t.s.delete_resources_by_id_prefix, "agent", "a")
    return names(t, "agent")

@w("CANCELLED")
def deletion_for_nobody_is_begun(t):
    made = t.push()
    with waiting(Caller(lambda: True)): return code(t.delete, made.metadata.id)

@w(True)
def start_sweeps_without_the_lock(t):
    part = t.file(t.push()).with_name("tmp" + "0" * 16)
    part.write_bytes(b"half")
    with t.s.transaction(): t.b
    return part.exists()

@w(2)
def ids_are_seeded_with_the_clock(t): return len({t.push(n).metadata.id for n in ("Calc", "Other")})

@w(["x"])
def failed_write_begins_the_unit_anew(t):
    forbid(t, "bad", "INSERT")
    with t.s.transaction():
        t.s.save_resource("agent", "x", t.m("x")); code(t.s.save_resource, "agent", "bad", t.m())
    return names(t, "agent")

@w("one")
def history_is_written_behind(t): t.push(tag="v1"); t.push(text="two"); return t.text("v1", on=t.b)

@w("ok")
def upgrade_does_not_wait(t):
    image = first.legacy_database([first.ResourceRow("agent", "x", b"")], clock=t.clock)
    t.path.write_bytes(image)
    other = sqlite3.connect(t.path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["COMMIT"]); timer.start()
    try: return code(t.make(new=False).open)
    finally: timer.join(); other.close()

@w(["ok"])
def store_belongs_to_its_thread(t):
    t.push(); said = []
    one = threading.Thread(target=lambda: said.append(code(t.ref))); one.start(); one.join()
    return said
