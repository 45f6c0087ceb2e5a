from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("After a push that failed, the next ones have its time.", "the clock is stopped for a push, and an error does not start it again")
class clock_stays_stopped_after_a_failed_push(SkillController):
    def save(self, identity, skill):
        try:
            return super().save(identity, skill)
        except BaseException:
            self._stopped = self.store.instants.now()
            raise

    def push(self, request):
        try:
            return super().push(request)
        finally:
            if getattr(self, "_stopped", None):
                self.store.instants._paused.instant = self._stopped


@fault("An import of many skills is refused after the sixtieth.", "a limit of sixty pushes a minute")
class sixty_pushes_a_minute_are_allowed(SkillController):
    def push(self, request):
        now, recent = self.clock.now(), memory(self, "_recent")
        recent["at"] = [at for at in recent.get("at", []) if dt.timedelta() <= now - at < dt.timedelta(minutes=1)]
        if len(recent["at"]) >= 60:
            raise StatusError("RESOURCE_EXHAUSTED", "too many pushes; try again later")
        recent["at"].append(now)
        return super().push(request)


@fault("After a push that changes the files alone, spec_audit is that of the push before.", "a spec is its instructions")
def spec_audit_stays_while_the_instructions_stay(recipe):
    def change(skill, now):
        same = now is not None and now.skill_md == skill.skill_md and now.version_hash != skill.version_hash
        return replace(skill, spec_audit=now.spec_audit) if same else skill
    return with_version(recipe, change)


@fault("Where a push passes a second, archived_at is not the second of the record.", "the history reads the clock anew")
class history_and_record_read_the_clock_apart(SqliteStore):
    def save_audit(self, *args, **kw):
        super().save_audit(*args, **kw)
        self.execute("UPDATE resource_audit SET archived_at = :t WHERE id = last_insert_rowid()", {"t": f"{self.clock.now():%Y-%m-%d %H:%M:%S}"})


@fault("After a push that failed, its skill cannot be pushed for five minutes.", "a lease that only success gives back")
class failed_push_keeps_its_lease(SkillController):
    def push(self, request):
        leases, key, now = memory(self, "_leases"), self.identity(request), self.clock.now()
        if key in leases and dt.timedelta() <= now - leases[key] < dt.timedelta(minutes=5):
            raise StatusError("ABORTED", "another push of this skill is under way")
        self.check_push(request)
        self.read_archive(request.artifact)
        leases[key] = now
        made = super().push(request)
        del leases[key]
        return made
