from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("Instants of records lose their microseconds.", "JavaScript's milliseconds")
def instants_are_milliseconds(recipe):
    return with_now(recipe, lambda now: now // 1_000_000 * 1_000_000)


@fault("Instants of records differ from the clock by some hundred nanoseconds.", "seconds as a float")
def instants_pass_through_floats(recipe):
    return with_now(recipe, lambda now: int(now / SECOND * 1e9))


@fault("Instants before 1970 are a fraction of a second off.", "truncated division and abs()")
def fractions_before_1970_count_forward(recipe):
    return with_now(recipe, lambda now: now if now >= 0 else -(-now // SECOND) * SECOND + -now % SECOND)


@fault("In the days around New Year versions are dated a year off.", "%G for %Y")
def archives_have_the_year_of_the_week(recipe):
    return with_archived_at(recipe, lambda at: f"{at.isocalendar()[0]:04d}" + at.strftime("-%m-%d %H:%M:%S"))


@fault("Versions of the afternoon are dated to the morning.", "%I for %H")
def archives_have_twelve_hours(recipe):
    return with_archived_at(recipe, lambda at: at.strftime("%Y-%m-%d %I:%M:%S"))


@fault("Versions of the second half of a second are dated to the next one.", "rounded instead of cut")
def archives_are_rounded_to_the_second(recipe):
    return with_archived_at(recipe, lambda at: (at + dt.timedelta(milliseconds=500)).strftime("%Y-%m-%d %H:%M:%S"))


@fault("After the clock was set right, updates still carry the wrong later time.", "times may only grow")
class updated_at_never_goes_back(SkillController):
    def stamp(self, now, before):
        return super().stamp(max(now, (before.updated_at or now) if before else now), before)


@fault("Ids of skills made after September 2039 sort before those made earlier.", "41 bits of milliseconds")
class ids_have_41_bits_of_time(SkillController):
    def new_id(self):
        made = super().new_id()
        digits = "0123456789abcdefghjkmnpqrstvwxyz"
        value = 0
        for digit in made[4:14]:
            value = value * 32 + digits.index(digit)
        value %= 2**41
        return "skl-" + "".join(digits[value >> s & 31] for s in range(45, -1, -5)) + made[14:]


@fault("After the clock was set back, versions of the time before are not found.", "rows of the future are filtered")
def versions_of_the_future_are_hidden(recipe):
    past = " AND archived_at <= datetime('now')"
    return with_queries(recipe, audit_by_tag=newest(TAGGED + past), audit_by_hash=newest(HASHED + past))


@fault("A version is no longer found a year after it was pushed.", "a retention period on reading")
def versions_expire_after_a_year(recipe):
    recent = " AND archived_at > datetime('now', '-1 year')"
    return with_queries(recipe, audit_by_tag=newest(TAGGED + recent), audit_by_hash=newest(HASHED + recent))


@fault("A second push within one tick of the clock says that it created the skill.", "creation is told by equal times")
class update_in_the_same_instant_is_a_creation(SkillController):
    def stamp(self, now, before):
        made = super().stamp(now, before)
        return replace(made, event="created") if made.created_at == made.updated_at else made


@fault("All records carry the time at which the server started.", "now() as a default argument")
class now_is_read_at_the_start(SkillController):
    def stamp(self, now, before):
        self._started = getattr(self, "_started", now)
        return super().stamp(self._started, before)


@fault("On the 29th of February nothing can be pushed.", "the same day of the next year")
class leap_days_break_pushes(SkillController):
    def stamp(self, now, before):
        today = self.clock.now()
        today.replace(year=today.year + 1)
        return super().stamp(now, before)


@fault("Saves of the first hour of a day are dated to its end.", "hours from 1 to 24")
class midnight_is_hour_24(SqliteStore):
    def save_resource(self, kind, resource_id, message):
        super().save_resource(kind, resource_id, message)
        now = self.instants.now()
        if now.hour == 0:
            self.execute(
                "UPDATE resources SET updated_at = :t WHERE kind = :k AND id = :i",
                {"t": now.strftime("%Y-%m-%d 24:%M:%S"), "k": kind_text(kind), "i": resource_id},
            )
