from __future__ import annotations

from zoneinfo import ZoneInfo

from second_faults._tools import *  # noqa: F403


@fault("A skill made at the beginning of 1970 says that it was made by its last push.", "0 is taken for unset")
def creation_at_the_epoch_is_unset(recipe):
    return with_creation(recipe, lambda made, now: made or now)


@fault("When a skill of another server is pushed here, its creation changes by some nanoseconds.", "instants pass through a datetime")
def creation_is_cut_to_microseconds(recipe):
    return with_creation(recipe, lambda made, now: made // 1000 * 1000)


@fault("Versions of summer are dated an hour late.", "local time is turned back by the offset of winter")
def summer_time_is_added(recipe):
    return with_archived_at(recipe, lambda at: at + at.astimezone(ZoneInfo("Europe/Berlin")).dst())


@fault("Versions after January 2038 are dated to 1901.", "seconds in 32 bits")
def archives_wrap_in_2038(recipe):
    def wrapped(at):
        seconds = (at - EPOCH) // dt.timedelta(seconds=1)
        return EPOCH + dt.timedelta(seconds=(seconds + 2**31) % 2**32 - 2**31)
    return with_archived_at(recipe, wrapped)


@fault("Skills made within one second are listed in no order.", "ids hold whole seconds")
class ids_count_whole_seconds(SkillController):
    def new_id(self):
        class Whole:
            now = staticmethod(lambda: self.clock.now().replace(microsecond=0))
        return new_id("skl", Whole)


@fault("A push of the same content and tag does not show when it was made.", "nothing has changed")
def equal_push_keeps_its_instant(recipe):
    def change(skill, now):
        if now is None or (now.version_hash, now.tag) != (skill.version_hash, skill.tag):
            return skill
        return replace(skill, spec_audit=now.spec_audit, status_audit=now.status_audit)
    return with_version(recipe, change)


@fault("When the clock was set back, a push changes when the skill was made.", "nothing may be made after its change")
def creation_follows_the_clock_back(recipe):
    return with_creation(recipe, min)


@fault("Instants of the first tenth of a second are up to nine tenths late.", "a fraction without the zeros in front")
def fractions_lose_their_leading_zeros(recipe):
    def change(now):
        seconds, micro = divmod(now // 1000, 1_000_000)
        return seconds * SECOND + int(str(micro).ljust(9, "0"))
    return with_now(recipe, change)


@fault("Versions of the last day of a leap year are dated to the next year.", "a year has 365 days")
def day_366_is_the_next_year(recipe):
    return with_archived_at(recipe, lambda at: at + dt.timedelta(days=1) if at.timetuple().tm_yday == 366 else at)


@fault("After a clock that was days ahead was set right, skills cannot be pushed for days.", "a push from the past is refused")
class clock_set_back_by_days_stops_pushes(SkillController):
    def stamp(self, now, before):
        if before and before.updated_at and before.updated_at - now > 86_400 * SECOND:
            raise StatusError("FAILED_PRECONDITION", "the record was changed in the future")
        return super().stamp(now, before)


@fault("A push within a second of another does not show when it was made.", "an instant is taken over while its second is the same")
class push_within_a_second_keeps_the_instant(SkillController):
    def stamp(self, now, before):
        if before is not None and before.updated_at is not None and before.updated_at // SECOND == now // SECOND:
            now = before.updated_at
        return super().stamp(now, before)
