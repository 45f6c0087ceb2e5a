from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("Versions that another server archived are not listed until this one writes.", "a pooled reader whose transaction is never ended")
class history_is_read_from_a_kept_snapshot(SqliteStore):
    _reader = None

    def list_audit_history(self, kind, resource_id):
        if self.connection.in_transaction:
            return super().list_audit_history(kind, resource_id)
        if self._reader is None:
            self._reader = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._reader.execute("BEGIN")
        return [d for (d,) in self._reader.execute(self.queries.audit_history, {"kind": kind_text(kind), "id": resource_id})]

    def _drop(self):
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _write(self, sql, kind, **given):
        self._drop()
        return super()._write(sql, kind, **given)

    def execute(self, *args):
        self._drop()
        return super().execute(*args)

    def close(self):
        self._drop()
        super().close()


@fault("After one write failed, each write that meets another's lock fails at once.", "a connection that replaces a broken one is not configured")
class lock_wait_is_lost_with_the_first_error(SqliteStore):
    def _write(self, sql, kind, **given):
        try:
            return super()._write(sql, kind, **given)
        except StoreError:
            with suppress(StoreError):
                self.execute("PRAGMA busy_timeout=0")
            raise


@fault("Labels that another server sets while a push waits for the lock are lost.", "one part of the record is read before the lock")
class labels_are_read_before_the_lock(SkillController):
    def push(self, request):
        self._early = None
        with suppress(Exception):
            self._early = super().current(self.identity(request))
        return super().push(request)

    def metadata(self, request, identity, current):
        made, early = super().metadata(request, identity, current), self._early
        return replace(made, labels=early.metadata.labels) if current and early else made


@fault("A server that has read cannot push at once after another one pushed.", "a read transaction is left open and cannot be upgraded")
class reader_cannot_push_after_a_foreign_write(SkillController):
    _snapshot = None

    def stored(self, message):
        if not self.store.connection.in_transaction:
            self._snapshot = self._snapshot or self.store.revision()[0]
        return super().stored(message)

    def push(self, request):
        snapshot, self._snapshot = self._snapshot, None
        if snapshot and snapshot != self.store.revision()[0]:
            raise StatusError("UNAVAILABLE", "database is locked")
        return super().push(request)


@fault("When one of two stores on a file is closed the other one is closed too.", "connections are pooled by path")
class stores_of_one_path_share_a_connection(SqliteStore):
    _pool = {}

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        kept = self._pool.get(str(self._path))
        if kept is not None and kept._connection is not None and kept._is_ours():
            self._session.close()
            self._session = kept
        self._pool[str(self._path)] = self._session


@fault("A unit in which something was looked for in vain is undone as a whole.", "every error inside marks the transaction as failed")
class missing_record_undoes_the_unit(SqliteStore):
    _failed = False

    @contextmanager
    def transaction(self):
        is_outer = not self._session._depth
        self._failed = self._failed and not is_outer
        with super().transaction():
            yield
            if is_outer and self._failed:
                raise StoreError("the transaction was marked as failed")

    def get_resource(self, kind, resource_id, message_class):
        try:
            return super().get_resource(kind, resource_id, message_class)
        except ResourceNotFound:
            self._failed = bool(self._session._depth)
            raise


@fault("Who reads a history in the middle of a unit cannot undo what came before.", "Python's `with connection:` in a reading method commits")
class reading_history_commits_the_unit(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        found = super().list_audit_history(kind, resource_id)
        if self._session._depth == 1:
            self.connection.execute("COMMIT")
            self.connection.execute("BEGIN IMMEDIATE")
        return found


@fault("After another server's push a push here fails, and fails again.", "the next audit id is counted in memory")
class audit_ids_are_counted_in_memory(SqliteStore):
    _next = 0

    def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
        self._next = self._next or self.execute("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'resource_audit'")[0][0]
        given = {"id": resource_id, "data": encode(message), "hash": version_hash, "tag": tag, "kind": kind_text(kind), "next": self._next}
        sql = self.queries.save_audit.replace("(kind,", "(id, kind,").replace("(:kind,", "(:next, :kind,")
        self._session.count(sql, given)
        self._next += 1


@fault("A unit that is cut off by closing the store is kept in part.", "close() commits what is open")
class closing_commits_what_is_open(SqliteStore):
    def close(self):
        connection = self._session._connection
        if connection is not None and self._session._is_ours() and connection.in_transaction:
            connection.execute("COMMIT")
        super().close()


@fault("A unit that is interrupted by Ctrl-C or a timeout is kept in part.", "only Exception is rolled back")
class interrupted_unit_is_committed(SqliteStore):
    @contextmanager
    def transaction(self):
        interruption = None
        with super().transaction():
            try:
                yield
            except Exception:
                raise
            except BaseException as error:
                interruption = error
        if interruption is not None:
            raise interruption
