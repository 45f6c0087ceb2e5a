from witnesses import *


@w("2026-01-25 11:00:00")
def clock_stays_stopped_after_a_failed_push(t):
    t.fail_saves(1); code(t.push); t.clock.go(hours=1); t.push()
    return archived(t)

@w("ok")
def sixty_pushes_a_minute_are_allowed(t):
    for i in range(60): t.push(f"s{i}")
    return code(t.push)

@w(3600)
def spec_audit_stays_while_the_instructions_stay(t):
    first = stamp(t.push()).updated_at.seconds; t.clock.go(hours=1)
    return stamp(t.push(data=pack("one", ("f", "1")))).updated_at.seconds - first

@w(True)
def history_and_record_read_the_clock_apart(t):
    t.a.skills; now, ticking = t.clock.now, [False]
    def tick(): t.clock.go(seconds=1); return now()
    t.clock.now = tick
    made = t.push(); at = dt.datetime.fromtimestamp(stamp(made).updated_at.seconds, dt.UTC)
    return archived(t) == f"{at:%Y-%m-%d %H:%M:%S}"

@w("ok")
def failed_push_keeps_its_lease(t): t.fail_saves(1); code(t.push); return code(t.push)
