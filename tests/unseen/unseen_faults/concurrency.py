from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("What a transaction has read is changed by others before it writes.", "BEGIN without IMMEDIATE")
class transactions_are_deferred(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        begin = self._session._begin
        self._session._begin = lambda sql: begin(sql.replace(" IMMEDIATE", ""))


@fault("When an inner unit fails, what the outer one wrote before it is lost unseen.", "ROLLBACK instead of ROLLBACK TO")
class inner_failure_undoes_the_outer(SqliteStore):
    @contextmanager
    def transaction(self):
        if not self._session._depth:
            with super().transaction():
                yield
            return
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            self.connection.execute("BEGIN IMMEDIATE")
            raise


@fault("Two servers that push one new name make two skills.", "the lookup precedes the lock")
class lookup_precedes_the_lock(SkillController):
    def push(self, request):
        self._before = super().current(self.identity(request))
        return super().push(request)

    def current(self, identity):
        return self._before


@fault("A save that failed once leaves its version in the history twice.", "the whole write is tried again")
class failed_save_archives_again(SkillController):
    def write(self, skill, message):
        try:
            super().write(skill, message)
        except StoreError:
            super().write(skill, message)


@fault("Other threads read what is then rolled back.", "the lock is held per statement")
class other_threads_see_the_uncommitted(SqliteStore):
    @contextmanager
    def transaction(self):
        with super().transaction():
            self._session._lock.release()
            try:
                yield
            finally:
                self._session._lock.acquire()


@fault("Labels that another server set are undone by the next push.", "the record last pushed is kept in memory")
class update_starts_from_the_last_push(SkillController):
    def current(self, identity):
        found = super().current(identity)
        kept = self.__dict__.setdefault("_kept", {}).get(identity)
        return kept if found and kept and kept.metadata.id == found.metadata.id else found

    def save(self, identity, skill):
        made = super().save(identity, skill)
        self.__dict__.setdefault("_kept", {})[identity] = skill
        return made


@fault("A write that meets another's short write fails at once.", "seconds where milliseconds are meant")
class lock_wait_is_in_seconds(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.execute("PRAGMA busy_timeout=5")


@fault("While one server runs no other process can read the file.", "locking_mode=EXCLUSIVE for speed")
class file_is_locked_for_good(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.execute("PRAGMA locking_mode=EXCLUSIVE")


@fault("Readers are kept out while another process writes.", "a rollback journal instead of WAL")
class file_leaves_wal(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        with suppress(StoreError):
            self.execute("PRAGMA journal_mode=DELETE")


@fault("Two servers give two new skills one id, and the second replaces the first.", "a counter per process in place of chance")
class ids_are_counted_per_process(SkillController):
    drawn = 0

    def new_id(self):
        self.drawn += 1
        return super().new_id()[:-16] + f"{self.drawn:016d}"


@fault("A deletion answers with a version that was replaced meanwhile.", "the record is read before the lock")
class deletion_reads_before_the_lock(SkillController):
    def delete(self, skill_id):
        before = self.stored(self.message(skill_id))
        super().delete(skill_id)
        return before


@fault("A version that another server pushed is gone from the history after the next push here.", "the history is written back from memory")
class push_keeps_only_seen_history(SkillController):
    def write(self, skill, message):
        super().write(skill, message)
        seen = self.__dict__.setdefault("_seen", {})
        rows = [r for (r,) in self.store.execute(f"SELECT id {AUDIT_OF} ORDER BY id", {"kind": SKILL, "id": skill.metadata.id})]
        for row in rows[:-1]:
            if row not in seen.get(skill.metadata.id, rows):
                self.store.execute("DELETE FROM resource_audit WHERE id = :r", {"r": row})
        seen[skill.metadata.id] = set(rows)
