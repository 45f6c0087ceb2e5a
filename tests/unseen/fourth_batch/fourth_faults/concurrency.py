from __future__ import annotations

import threading

from fourth_faults._tools_d import *  # noqa: F403


@fault("After eight refused pushes the server takes no more until it is started anew.", "a permit is given back after a success alone")
class permits_are_lost_with_errors(SkillController):
    _under_way = 0

    def push(self, request):
        if self._under_way >= 8:
            raise StatusError("UNAVAILABLE", "too many pushes at a time")
        self._under_way += 1
        made = super().push(request)
        self._under_way -= 1
        return made


@fault("What was pushed last is lost to all who open the file after one of its servers has stopped.", "a stopping server tidies up -wal and -shm")
class closing_removes_the_side_files(SqliteStore):
    def close(self):
        super().close()
        if self._session._is_ours():
            for suffix in ("-wal", "-shm"):
                self.path.with_name(f"{self.path.name}{suffix}").unlink(missing_ok=True)


@fault("A unit that ends with an answer such as NOT_FOUND keeps what it wrote before.", "an expected error ends a unit like a success")
class units_ended_by_an_answer_are_committed(SqliteStore):
    @contextmanager
    def transaction(self):
        answer = None
        with super().transaction():
            try:
                yield
            except StatusError as error:
                answer = error
        if answer is not None:
            raise answer


@fault("A server cannot start while another one is in the middle of a push.", "the indexes are built anew at every start, without a wait for locks")
class opening_needs_the_write_lock(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        ((wait,),) = self.execute("PRAGMA busy_timeout")
        try:
            self.execute("PRAGMA busy_timeout=0")
            self.execute("REINDEX")
            self.execute(f"PRAGMA busy_timeout={wait}")
        except BaseException:
            self.close()
            raise


@fault("A push whose artifact cannot be written fails, and leaves a version without its artifact.", "the artifact is written after the commit, to hold the lock for less time")
class artifacts_are_written_after_the_commit(SkillController):
    def push(self, request):
        self.check_push(request)
        identity, archive = self.identity(request), self.read_archive(request.artifact)
        with saying("failed to save skill"), self.store.transaction(), self.store.instants.paused():
            refuse_for_nobody()
            key = self.artifacts.key_of(archive.version_hash)
            made = self.save(identity, self.next_version(request, identity, archive, key, self.current(identity)))
        self.artifacts.store(request.artifact)
        return made


@fault("Each push that finds the store locked leaves an artifact that nothing names.", "the artifact is written before the lock is taken, and removed by what follows it")
class artifacts_of_locked_pushes_stay(SkillController):
    def push(self, request):
        self.check_push(request)
        identity, archive = self.identity(request), self.read_archive(request.artifact)
        artifact = self.artifacts.store(request.artifact)
        with saying("failed to save skill"), self.store.transaction(), self.store.instants.paused():
            try:
                refuse_for_nobody()
                return self.save(identity, self.next_version(request, identity, archive, artifact.key, self.current(identity)))
            except BaseException:
                if artifact.created:
                    self.artifacts.discard(artifact)
                raise


@fault("The unit after one that failed within another is undone, and nobody is told.", "the mark that only undoing is left outlives the unit that it was meant for")
class mark_of_a_failed_unit_outlives_it(SqliteStore):
    _doomed = False

    @contextmanager
    def transaction(self):
        inner, stale = depth(self) > 0, self._doomed
        try:
            with super().transaction():
                yield
                if stale and not inner:
                    raise _Undone
        except _Undone:
            pass
        except BaseException:
            self._doomed = self._doomed or inner
            raise
        if not inner:
            self._doomed = False


class _Undone(Exception):
    pass


@fault("Histories that were archived without a live record are gone when the next server starts.", "what seems to be left by an aborted deletion is removed at the start")
class start_removes_histories_without_a_record(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        with suppress(StoreError):
            self.execute("DELETE FROM resource_audit WHERE (kind, resource_id) NOT IN (SELECT kind, id FROM resources)")


@fault("A unit on one registry that fails within a unit on another one is not undone.", "the open unit is known by its thread, not by its store")
class units_of_two_stores_are_one(SqliteStore):
    _open = threading.local()

    @contextmanager
    def transaction(self):
        before = getattr(self._open, "number", 0)
        if before and not depth(self):
            yield
            return
        self._open.number = before + 1
        try:
            with super().transaction():
                yield
        finally:
            self._open.number = before


@fault("Of two threads that write at a time one is refused at once.", "a lock is tried and not waited for")
class second_writer_is_refused(SqliteStore):
    def __init__(self, *args, **kw):
        self._writing = threading.RLock()
        super().__init__(*args, **kw)

    @contextmanager
    def _alone(self):
        if not self._writing.acquire(blocking=False):
            raise StoreLocked.after(0, self.path)
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def transaction(self):
        with self._alone(), super().transaction():
            yield

    def _write(self, sql, kind, **given):
        with self._alone():
            return super()._write(sql, kind, **given)
