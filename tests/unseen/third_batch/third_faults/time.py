from __future__ import annotations

import time

from third_faults._tools import *  # noqa: F403


@fault("On a server that does not run in UTC, records are dated hours early or late.", "a naive instant in UTC is taken for local time")
def naive_instants_are_local(recipe):
    def change(now):
        whole, rest = divmod(now, SECOND)
        return int(time.mktime((EPOCH + dt.timedelta(seconds=whole)).timetuple()[:8] + (-1,))) * SECOND + rest
    return with_now(recipe, change)


@fault("A record that did not say when it was made says 1970 after the next push.", "an unset timestamp is read as 0")
class unset_creation_becomes_the_epoch(SkillController):
    def stamp(self, now, before):
        made = super().stamp(now, before)
        return replace(made, created_at=0) if before is not None and before.created_at is None else made


@fault("The two halves of a record give different instants for one push.", "each reads the clock for itself")
class each_half_reads_the_clock(SkillController):
    def stamp(self, now, before):
        return super().stamp((self.store.clock.now() - EPOCH) // dt.timedelta(microseconds=1) * 1000, before)


@fault("Every version in the history is dated to when the skill was made.", "archived_at is taken from created_at")
class archives_are_dated_by_the_creation(SkillController):
    def write(self, skill, message):
        super().write(skill, message)
        made = f"{EPOCH + dt.timedelta(seconds=skill.spec_audit.created_at // SECOND):%Y-%m-%d %H:%M:%S}"
        self.store.execute("UPDATE resource_audit SET archived_at = :made WHERE id = (SELECT max(id) FROM resource_audit)", {"made": made})


@fault("Programs that read archived_at as the format has it cannot read it any more.", "the date is written as ISO 8601 with T and Z")
def archives_are_dated_with_t_and_z(recipe):
    return with_queries(recipe, save_audit=Queries().save_audit.replace("datetime('now')", "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"))


@fault("What a long unit writes at its end is dated to its beginning.", "one reading of the clock per transaction")
class unit_has_the_time_of_its_beginning(SqliteStore):
    @contextmanager
    def transaction(self):
        with super().transaction(), self.instants.paused():
            yield


@fault("The fraction of a second in which a skill was made is lost with the next push, and all of it where the history is gone.", "the creation is read from the oldest row of the history")
class creation_is_read_from_the_history(SkillController):
    def metadata(self, request, identity, current):
        self._of = current.metadata.id if current else None
        return super().metadata(request, identity, current)

    def stamp(self, now, before):
        rows = self.store.execute(f"SELECT archived_at {AUDIT_OF} ORDER BY id LIMIT 1", {"kind": SKILL, "id": self._of or ""})
        if before is not None:
            made = dt.datetime.fromisoformat(rows[0][0]).replace(tzinfo=dt.UTC) if rows else None
            before = replace(before, created_at=(made - EPOCH) // dt.timedelta(seconds=1) * SECOND if made else now)
        return super().stamp(now, before)


@fault("Instants of the second half of a second are a second late.", "the seconds are rounded, and the fraction is added")
def seconds_are_rounded_beside_their_fraction(recipe):
    return with_now(recipe, lambda now: now + SECOND if now % SECOND >= SECOND // 2 else now)


@fault("An old version says that it was pushed at a whole second, and earlier than its push answered.", "the history is written with ISO texts of whole seconds")
class archived_records_hold_whole_seconds(SkillController):
    def write(self, skill, message):
        def whole(info):
            return replace(info, created_at=info.created_at // SECOND * SECOND, updated_at=info.updated_at // SECOND * SECOND)
        old = replace(skill, spec_audit=whole(skill.spec_audit), status_audit=whole(skill.status_audit))
        made = self.stored(self.generation.codec.skill_message(old))
        self.store.save_audit(SKILL, skill.metadata.id, made, version_hash=skill.version_hash, tag=skill.tag)
        self.store.save_resource(SKILL, skill.metadata.id, message)


@fault("Versions are dated to another minute: that of the month's number.", "%m in place of %M")
def months_are_written_for_minutes(recipe):
    return with_queries(recipe, save_audit=Queries().save_audit.replace("datetime('now')", "strftime('%Y-%m-%d %H:%m:%S', 'now')"))


@fault("A push whose clock stands before the last one is lost: the older version stays current.", "the last writer is the one with the latest time")
class latest_instant_stays_current(SkillController):
    def write(self, skill, message):
        with suppress(ResourceNotFound):
            live = self.generation.codec.skill(self.store.get_resource(SKILL, skill.metadata.id, self.generation.Skill))
            if (live.spec_audit.updated_at or 0) > skill.spec_audit.updated_at:
                self.store.save_audit(SKILL, skill.metadata.id, message, version_hash=skill.version_hash, tag=skill.tag)
                return
        super().write(skill, message)
