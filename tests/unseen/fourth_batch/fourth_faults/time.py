from __future__ import annotations

from types import SimpleNamespace

from fourth_faults._tools_d import *  # noqa: F403


@fault("On the first nine days of a month archived_at holds a blank where a zero belongs.", "%e in the place of %d")
def days_are_padded_with_blanks(recipe):
    padded = "strftime('%Y-%m-', 'now') || printf('%2d', strftime('%d', 'now')) || strftime(' %H:%M:%S', 'now')"
    return with_queries(recipe, save_audit=Queries().save_audit.replace(NOW, padded))


@fault("The date of a record does not tell when it was last saved, if it was saved as it was.", "an upsert that does nothing where nothing changes")
def equal_saves_keep_their_date(recipe):
    return with_queries(recipe, save_resource=(
        "INSERT INTO resources (kind, id, data, updated_at) VALUES (:kind, :id, :data, datetime('now')) ON CONFLICT (kind, id) "
        "DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at WHERE data IS NOT excluded.data"
    ))


@fault("Ids of different days are in no order, and those of one day tell that it was 1970.", "timedelta.seconds in the place of total_seconds()")
class ids_forget_the_days(SkillController):
    def new_id(self):
        day = (self.clock.now() - EPOCH) % dt.timedelta(days=1)
        return new_id("skl", SimpleNamespace(now=lambda: EPOCH + day))


@fault("The fractions of all instants are a thousand times too small.", "microseconds are written as nanoseconds")
def nanos_hold_microseconds(recipe):
    return with_now(recipe, lambda now: now // SECOND * SECOND + now % SECOND // 1000)


@fault("Of two pushes at one instant the second is dated to an instant that no clock has shown.", "a microsecond is added to keep versions in order")
def equal_instants_are_moved_apart(recipe):
    def change(skill, current):
        before = current.spec_audit.updated_at if current else None
        if before is None or not 0 <= before - skill.spec_audit.updated_at < 1_000_000:
            return skill
        return replace(skill, **{half: replace(getattr(skill, half), updated_at=before + 1000) for half in ("spec_audit", "status_audit")})
    return with_version(recipe, change)


@fault("A record without an instant of creation never gets one, however often it is pushed.", "the creation is taken over as it is")
class missing_creations_stay_missing(SkillController):
    def stamp(self, now, before):
        made = super().stamp(now, before)
        return replace(made, created_at=before.created_at) if before is not None else made


@fault("A skill that was made at a whole second cannot be updated.", "isoformat() leaves out the fraction that strptime asks for")
class whole_seconds_break_updates(SkillController):
    def stamp(self, now, before):
        if before is not None and before.created_at is not None:
            text = (EPOCH + dt.timedelta(microseconds=before.created_at // 1000)).isoformat()
            dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
        return super().stamp(now, before)


@fault("Tools that read the file find a number in the place of a record's date.", "seconds since 1970 are written to a column of texts")
def records_are_dated_in_unix_seconds(recipe):
    return with_queries(recipe, save_resource=Queries().save_resource.replace(NOW, "strftime('%s', 'now')"))


@fault("The first version of a skill is not found by its tag.", "versions from before the creation are left out, and archived_at has whole seconds")
class first_version_lies_before_the_creation(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        made = current.status.audit.spec_audit
        if self._codec.tag(current) == tag or not made.HasField("created_at"):
            return super().by_tag(skill_id, tag, current)
        created = EPOCH + dt.timedelta(seconds=made.created_at.seconds, microseconds=made.created_at.nanos // 1000)
        fraction = f".{created.microsecond:06}" if created.microsecond else ""
        return archived(self, skill_id, "tag = :tag AND archived_at >= :at", tag=tag, at=f"{created:%Y-%m-%d %H:%M:%S}{fraction}")


@fault("Of the versions of a past day that have no tag only the last is found by its hash.", "old days are thinned, as backups are")
def past_days_keep_their_last_version(recipe):
    return with_store(recipe, after_audit(
        f"DELETE {AUDIT_OF} AND tag = '' AND date(archived_at) < date('now') AND id NOT IN (SELECT max(id) {AUDIT_OF} GROUP BY date(archived_at))"
    ))
