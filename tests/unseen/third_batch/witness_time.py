from witnesses import *


def micro(skill, field="updated_at", half="spec_audit"):
    at = getattr(stamp(skill, half), field)
    return at.seconds * 1_000_000 + at.nanos // 1000

def us(at): return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)

@w(0)
def naive_instants_are_local(t):
    import os, time
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
    try: return micro(t.push()) - us(t.clock.at)
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()

@w(True)
def unset_creation_becomes_the_epoch(t):
    t.s.save_resource("skill", "s", t.m("Calc", id="s", slug="calc"))
    return micro(t.push(), "created_at") == us(t.clock.at)

def ticking(t):
    def now():
        t.clock.go(microseconds=1)
        return t.clock.at
    t.clock.now = now

@w(True)
def each_half_reads_the_clock(t): t.a; ticking(t); made = t.push(); return micro(made) == micro(made, half="status_audit")

@w("2026-01-25 11:00:00")
def archives_are_dated_by_the_creation(t): t.push(); t.clock.go(hours=1); t.push(text="two"); return archived(t)

@w("2026-01-25 10:00:00")
def archives_are_dated_with_t_and_z(t): t.push(); return archived(t)

@w("2026-01-25 11:00:00")
def unit_has_the_time_of_its_beginning(t):
    with t.s.transaction():
        t.clock.go(hours=1); t.s.save_audit("agent", "x", t.m())
    return archived(t)

@w(500_000)
def creation_is_read_from_the_history(t):
    t.clock.go(microseconds=500_000); t.push(); t.clock.go(hours=1)
    return micro(t.push(text="two"), "created_at") % 1_000_000

@w(0)
def seconds_are_rounded_beside_their_fraction(t): t.clock.go(milliseconds=700); return micro(t.push()) - us(t.clock.at)

@w(True)
def archived_records_hold_whole_seconds(t):
    t.clock.go(milliseconds=700); made = t.push(tag="v1"); t.push(text="two")
    return t.ref("v1") == made

@w("2026-01-25 10:00:00")
def months_are_written_for_minutes(t): t.push(); return archived(t)

@w("two")
def latest_instant_stays_current(t): t.push(); t.clock.go(hours=-1); t.push(text="two"); return t.text()
