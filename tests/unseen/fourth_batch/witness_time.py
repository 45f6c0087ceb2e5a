from witnesses import *


def us(skill, half="spec_audit"):
    at = stamp(skill, half).updated_at
    return at.seconds * 1_000_000 + at.nanos // 1000

def now(t): return (t.clock.at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)

@w("2026-02-05 10:00:00")
def days_are_padded_with_blanks(t): t.clock.to(2026, 2, 5, 10); t.push(); return archived(t)

@w(["2026-01-25 11:00:00"])
def equal_saves_keep_their_date(t):
    for _ in range(2): t.s.save_resource("agent", "x", t.m()); t.clock.go(hours=1)
    return t.column("SELECT updated_at FROM resources")

@w(True)
def ids_forget_the_days(t):
    made = 0
    for digit in t.push().metadata.id[4:14]: made = made * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
    return made == now(t) // 1000

@w(0)
def nanos_hold_microseconds(t): t.clock.go(milliseconds=700); return us(t.push()) - now(t)

@w(0)
def equal_instants_are_moved_apart(t): t.push(); return us(t.push(text="two")) - now(t)

@w(True)
def missing_creations_stay_missing(t):
    t.s.save_resource("skill", "s", t.m("Calc", id="s", slug="calc"))
    return stamp(t.push()).HasField("created_at")

@w("ok")
def whole_seconds_break_updates(t): t.push(); return code(t.push)

@w(["2026-01-25 10:00:00"])
def records_are_dated_in_unix_seconds(t): t.push(); return t.column("SELECT updated_at FROM resources")

@w("one")
def first_version_lies_before_the_creation(t):
    t.clock.go(milliseconds=700); t.push(tag="v1"); t.clock.go(hours=1); t.push(text="two")
    return t.text("v1")

@w("one")
def past_days_keep_their_last_version(t):
    made = t.push(); t.push(text="two"); t.clock.go(days=1); t.push(text="three")
    return t.text(made.status.version_hash)
