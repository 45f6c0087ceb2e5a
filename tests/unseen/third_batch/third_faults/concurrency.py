from __future__ import annotations

import random
import threading

from pytest_stigmer.skills.callers import CALLER
from pytest_stigmer.skills.frame import refuse_for_nobody, saying
from third_faults._tools import *  # noqa: F403


@fault("A deletion that fails half-way has taken the history already.", "history and record are deleted in two units")
class deletion_is_two_units(SkillController):
    def delete(self, skill_id):
        with saying("failed to delete Skill"), self.store.transaction():
            refuse_for_nobody()
            found = self.get(skill_id)
            self.store.delete_audit_by_resource_id(SKILL, skill_id)
        with saying("failed to delete Skill"), self.store.transaction():
            self.index.refresh()
            self.store.delete_resource(SKILL, skill_id)
            self.index.deleted(found.identity)
        return found


@fault("What an inner unit wrote before it failed is kept by the outer one.", "inner units join the outer one without a savepoint")
class inner_units_only_join(SqliteStore):
    @contextmanager
    def transaction(self):
        with self.undisturbed():
            if self._session._depth and self.connection.in_transaction:
                yield
            else:
                with super().transaction():
                    yield


@fault("Reading fails while another process is in the middle of a unit.", "every access begins with the write lock")
class reading_takes_the_write_lock(SqliteStore):
    def _read(self, sql, kind, **given):
        with self.transaction():
            return super()._read(sql, kind, **given)


@fault("Deleting by prefix deletes a part when one of its records cannot be deleted.", "one unit for each record")
class prefix_deletion_goes_record_by_record(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        ids = [row_id for row_id, _ in self.resource_rows(kind) if row_id.startswith(prefix)]
        for row_id in ids:
            self.delete_resource(kind, row_id)
        return len(ids)


@fault("A skill is deleted although its caller has given up before it was begun.", "only pushes ask whether somebody waits for them")
class deletion_for_nobody_is_begun(SkillController):
    def delete(self, skill_id):
        before = CALLER.set(None)
        try:
            return super().delete(skill_id)
        finally:
            CALLER.reset(before)


@fault("A server that starts beside another one breaks the push that is under way there.", "leftovers are swept without the lock")
class start_sweeps_without_the_lock(SkillController):
    def sweep(self):
        self.artifacts.sweep(self.artifacts.leftovers())


@fault("Of two skills that are made at the same instant one takes the place of the other.", "the random part of an id is seeded with the clock")
class ids_are_seeded_with_the_clock(SkillController):
    def new_id(self):
        made = super().new_id()
        seeded = random.Random(self.clock.now().isoformat())
        return made[:-16] + "".join(seeded.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(16))


@fault("After a write in a unit has failed, what came before it is lost though the unit succeeds.", "a failed write ends the transaction and begins another")
class failed_write_begins_the_unit_anew(SqliteStore):
    def _write(self, sql, kind, **given):
        try:
            return super()._write(sql, kind, **given)
        except StoreError:
            if self._session._depth == 1 and self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
                self.connection.execute("BEGIN IMMEDIATE")
            raise


@fault("Other servers miss the versions that were just replaced, and a crash loses them.", "the history is written behind, eight rows at a time")
class history_is_written_behind(SqliteStore):
    def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
        waiting = self.__dict__.setdefault("_behind", [])
        at = self.execute("SELECT datetime('now')")[0][0]
        waiting.append({"kind": kind_text(kind), "id": resource_id, "data": encode(message), "at": at, "hash": version_hash, "tag": tag})
        if len(waiting) >= 8:
            self._flush()

    def _flush(self):
        waiting = self.__dict__.pop("_behind", [])
        for row in waiting:
            self._session.count(self.queries.save_audit.replace("datetime('now')", ":at"), row)

    def _read(self, sql, kind, **given):
        if "resource_audit" in sql:
            self._flush()
        return super()._read(sql, kind, **given)

    def delete_audit_by_resource_id(self, kind, resource_id):
        self._flush()
        return super().delete_audit_by_resource_id(kind, resource_id)

    def close(self):
        if self._session._is_ours() and self._session._connection is not None:
            with suppress(StoreError):
                self._flush()
        super().close()


@fault("Of several servers that start on an old file at once all but one fail.", "the wait for locks is set after the upgrade")
class upgrade_does_not_wait(Migrations):
    def run(self, schema):
        self.session.rows("PRAGMA busy_timeout=0", {})
        try:
            super().run(schema)
        finally:
            self.session.rows("PRAGMA busy_timeout=5000", {})


@fault("A store answers in no other thread than the one that opened it, such as those of a server's pool.", "the connection checks its thread")
class store_belongs_to_its_thread(SqliteStore):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self._thread = threading.get_ident()

    def _check(self):
        if threading.get_ident() != self._thread:
            raise StoreError("SQLite objects created in a thread can only be used in that same thread")

    @contextmanager
    def transaction(self):
        self._check()
        with super().transaction():
            yield

    def _read(self, sql, kind, **given):
        self._check()
        return super()._read(sql, kind, **given)

    def _write(self, sql, kind, **given):
        self._check()
        return super()._write(sql, kind, **given)
