from witnesses import *


def stopped(t, *acts):
    """Open an old file of two versions, the second of which cannot be moved; then do these to the raw file."""
    rows = [first.ResourceRow("skill", KEY("s", n), t.old(tag=f"v{n}")) for n in (17, 18)]
    t.path.write_bytes(first.legacy_database(rows, clock=t.clock))
    with sqlite3.connect(t.path) as raw:
        raw.execute(f"CREATE TRIGGER no BEFORE DELETE ON resources WHEN old.id = '{KEY('s', 18)}' BEGIN SELECT raise(ABORT, 'no'); END")
    raw.close()
    code(lambda: t.make(new=False).store)
    raw = sqlite3.connect(t.path)
    found = [act(raw) for act in acts]
    raw.commit(); raw.close()
    return found

@w([2])
def upgrade_is_no_unit(t): return stopped(t, lambda raw: raw.execute("SELECT count(*) FROM resources").fetchone()[0])

@w(2)
def upgrade_is_recorded_before_it_is_done(t):
    stopped(t, lambda raw: raw.execute("DROP TRIGGER no"))
    t._a = t.make(new=False)
    return len(t.s.list_audit_history("skill", "s"))

def two(t): t.legacy(("skill", KEY("s", 17), t.old("old", tag="v1"), "2025-01-01 00:00:00"), ("skill", KEY("s", 18), t.old("new", tag="v2")))

@w("new")
def newest_versions_move_first(t): two(t); return t.history("s")[0].spec.skill_md

@w("2025-01-01 00:00:00")
def versions_are_dated_to_the_upgrade(t): two(t); return t.column("SELECT archived_at FROM resource_audit ORDER BY id")[0]

@w(["v1"])
def versions_take_the_names_of_the_live_record(t):
    t.legacy(("skill", KEY("s", 17), t.old(tag="v1")), ("skill", "s", t.old(tag="v2")))
    return t.column("SELECT tag FROM resource_audit")

@w([])
def only_generated_ids_move(t): t.legacy(("skill", KEY("my-skill", 17), t.old())); return names(t, "skill")

@w([])
def word_must_be_the_kind(t): t.legacy(("agent", KEY("s", 17), t.old())); return names(t, "agent")

@w([])
def upgrade_revives_deleted_skills(t): two(t); return names(t, "skill")

@w([""])
def every_kind_is_read_as_a_skill(t): t.legacy(("agent", KEY("s", 17, "agent"), t.old(tag="v1"))); return t.column("SELECT tag FROM resource_audit")

@w([])
def moved_versions_stay_live(t): two(t); return names(t, "skill")

@w(60)
def upgrade_keeps_fifty_versions(t):
    t.legacy(*[("skill", KEY("s", 10**18 + n), t.old()) for n in range(60)])
    return len(t.s.list_audit_history("skill", "s"))
