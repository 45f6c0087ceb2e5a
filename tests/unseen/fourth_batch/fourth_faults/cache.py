from __future__ import annotations

import threading

from fourth_faults._tools_d import *  # noqa: F403
from pytest_stigmer.skills.index import Snapshot


@fault("A version that is pushed again within ten minutes, to take back the one after it, does not become current.", "a repeated request is answered like the first, as one that was sent twice")
class repeated_pushes_are_answered_from_memory(SkillController):
    def push(self, request):
        kept, now = memory(self, "_answers"), self.clock.now()
        at, made = kept.get(request, (None, None))
        if at is None or not dt.timedelta() <= now - at < dt.timedelta(minutes=10):
            made = super().push(request)
            kept[request] = now, made
        return made


@fault("A server does not see what another one pushes until the file itself is written.", "the index watches the date of the database, and changes go to the -wal beside it")
class index_watches_the_date_of_the_file(SqliteStore):
    def revision(self):
        return self.path.stat().st_mtime_ns, *super().revision()[1:]


@fault("A skill that was asked for before another server pushed it is not found for a minute, and a push makes a second one.", "misses are remembered for a while")
class missing_skills_are_missing_for_a_minute(SlugIndex):
    def find(self, identity):
        missing, now, found = memory(self, "_missing"), self._store.clock.now(), super().find(identity)
        if identity in missing and dt.timedelta() <= now - missing[identity] < dt.timedelta(minutes=1):
            return None
        if found is None:
            missing[identity] = now
        return found

    def saved(self, identity, skill_id):
        super().saved(identity, skill_id)
        memory(self, "_missing").pop(identity, None)


@fault("The second push of a skill may break the rules that the first one kept.", "that a request was found good is remembered by its name")
class checks_are_remembered_by_name(SkillController):
    def check_push(self, request):
        checked, key = memory(self, "_checked"), (request.org, request.name)
        if key not in checked:
            super().check_push(request)
            checked[key] = True


@fault("A record that is read as two kinds of message comes back the second time as the first one's.", "the class of the message is missing in a cache's key")
class message_class_is_missing_in_the_key(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        kept, key, revision = memory(self, "_kept"), (kind_text(kind), resource_id), self.revision()
        if kept.get(key, (None,))[0] != revision:
            kept[key] = revision, super().get_resource(kind, resource_id, message_class)
        return type(kept[key][1]).FromString(encode(kept[key][1]))


@fault("A unit that saves a record and reads it again gets what was there before it.", "what is remembered is given up when a unit ends")
class units_read_what_was_there_before_them(SqliteStore):
    @contextmanager
    def transaction(self):
        try:
            with super().transaction():
                yield
        finally:
            if not depth(self):
                memory(self, "_kept").clear()

    def _write(self, sql, kind, **given):
        if not depth(self):
            memory(self, "_kept").clear()
        return super()._write(sql, kind, **given)

    def get_resource(self, kind, resource_id, message_class):
        kept, key, foreign = memory(self, "_kept"), (kind_text(kind), resource_id, message_class), self.revision()[0]
        if kept.get(key, (None,))[0] == foreign:
            return message_class.FromString(kept[key][1])
        found = super().get_resource(kind, resource_id, message_class)
        if not depth(self):
            kept[key] = foreign, encode(found)
        return found


@fault("A registry that was closed goes on answering for the records that it was asked for before.", "what is remembered is looked at before it is asked whether the store is open")
class closed_stores_answer_what_they_remember(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        kept, key = memory(self, "_kept"), (kind_text(kind), resource_id, message_class)
        if key not in kept or (self._session._connection is not None and kept[key][0] != self.revision()):
            found = super().get_resource(kind, resource_id, message_class)
            kept[key] = self.revision(), encode(found)
        return message_class.FromString(kept[key][1])


@fault("A thread that has asked for a skill does not find it after another thread has pushed it.", "each thread of the server has an index of its own, which follows its own writes")
def each_thread_has_an_index(recipe):
    class Store(SqliteStore):
        _own = threading.local()

        def _count(self):
            self._own.writes = getattr(self._own, "writes", 0) + 1

        def _write(self, sql, kind, **given):
            self._count()
            return super()._write(sql, kind, **given)

        def execute(self, *args):
            self._count()
            return super().execute(*args)

        def revision(self):
            foreign, schema, _, unseen = super().revision()
            return foreign, schema, getattr(self._own, "writes", 0), unseen

    class Index(SlugIndex):
        def __init__(self, *args):
            self._of_thread = threading.local()
            super().__init__(*args)

        @property
        def _snapshot(self):
            if not hasattr(self._of_thread, "snapshot"):
                self._of_thread.snapshot = Snapshot(None)
            return self._of_thread.snapshot

        @_snapshot.setter
        def _snapshot(self, made):
            self._of_thread.snapshot = made

    return replace(with_store(recipe, Store), index=Index)


@fault("A skill that another server has deleted cannot be pushed again.", "a refresh adds what is new, and does not take out what is gone")
class refreshes_do_not_forget(SlugIndex):
    def _read(self, revision):
        made = super()._read(revision)
        for identity, skill_id in self._snapshot.ids.items():
            made.ids.setdefault(identity, skill_id)
        return made


@fault("A reference goes on answering the version before a push, unless the skill's name is its slug.", "a push evicts what is remembered under its name, which is kept by slug")
class references_are_evicted_by_name(SkillController):
    def get_by_reference(self, reference):
        kept, revision = memory(self, "_kept"), self.store.revision()
        if kept.get(reference, (None,))[0] != revision:
            kept[reference] = revision, super().get_by_reference(reference)
        return kept[reference][1]

    def push(self, request):
        kept, before = memory(self, "_kept"), self.store.revision()
        made = super().push(request)
        now = self.store.revision()
        self._kept = {reference: (now, found) for reference, (then, found) in kept.items() if then == before and reference.slug != request.name}
        return made
