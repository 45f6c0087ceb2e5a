from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("After a push that was undone its name can be neither found nor pushed.", "the revision does not count what was rolled back")
class index_misses_rollbacks(SqliteStore):
    def revision(self):
        return super().revision()[0], self.connection.total_changes


@fault("For a second a skill that another server pushed is not found, and made twice.", "the index is read once a second")
class index_is_read_once_a_second(SlugIndex):
    def _current(self):
        now = self._store.clock.now()
        if self._snapshot.revision is None or abs(now - self._read_at) >= dt.timedelta(seconds=1):
            self._read_at = now
            return super()._current()
        return self._snapshot


@fault("The second reference without an organisation does not find what the first one found.", "a set is handed out and emptied by its reader")
class organisations_are_handed_out(SlugIndex):
    def organisations(self, slug):
        return self._current().organisations.get(slug, set())


@fault("An artifact that is damaged or gone goes on being served.", "artifacts are kept in memory by key")
class artifacts_are_remembered(ArtifactStorage):
    def read(self, key):
        kept = self.__dict__.setdefault("_kept", {})
        if key not in kept:
            kept[key] = super().read(key)
        return kept[key]


@fault("A skill that another server changed is read as it was.", "records are kept in memory until a push here")
class records_are_remembered_by_id(SkillController):
    def message(self, skill_id):
        kept = self.__dict__.setdefault("_kept", {})
        if skill_id not in kept:
            kept[skill_id] = super().message(skill_id)
        return kept[skill_id]

    def write(self, skill, message):
        self.__dict__.setdefault("_kept", {}).pop(skill.metadata.id, None)
        super().write(skill, message)

    def remove(self, skill_id):
        self.__dict__.setdefault("_kept", {}).pop(skill_id, None)
        super().remove(skill_id)


@fault("A hash lookup answers with another skill that has the same content.", "versions are kept in memory by their hash alone")
class versions_are_remembered_by_content(SqliteStore):
    def get_audit_by_hash(self, kind, resource_id, version_hash, message_class):
        kept = self.__dict__.setdefault("_kept", {})
        if version_hash not in kept:
            kept[version_hash] = super().get_audit_by_hash(kind, resource_id, version_hash, message_class)
        return kept[version_hash]


@fault("History that was deleted is listed until the next version.", "listings are kept until something is archived")
class history_is_remembered_until_the_next_version(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        kept = self.__dict__.setdefault("_kept", {})
        key = kind_text(kind), resource_id
        if key not in kept:
            kept[key] = super().list_audit_history(kind, resource_id)
        return list(kept[key])

    def save_audit(self, kind, resource_id, message, **kw):
        self.__dict__.setdefault("_kept", {}).pop((kind_text(kind), resource_id), None)
        super().save_audit(kind, resource_id, message, **kw)


@fault("A record saved under a kind's name is read stale under its number.", "the cache's key is the kind as it was given")
class cache_key_is_the_kind_as_given(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        kept = self.__dict__.setdefault("_kept", {})
        key = kind, resource_id, message_class
        revision = self.revision()[0], self.revision()[1], self.revision()[3]
        if key not in kept or kept[key][0] != revision:
            kept[key] = revision, super().get_resource(kind, resource_id, message_class)
        return message_class.FromString(kept[key][1].SerializeToString())

    def _write(self, sql, kind, **given):
        for key in [k for k in self.__dict__.setdefault("_kept", {}) if k[0] == kind]:
            del self._kept[key]
        return super()._write(sql, kind, **given)


@fault("What one caller does to its answer is in the next caller's answer.", "decoded messages are shared")
class answers_share_one_message(SqliteStore):
    def get_resource(self, kind, resource_id, message_class):
        found = super().get_resource(kind, resource_id, message_class)
        key = message_class, found.SerializeToString(deterministic=True)
        return self.__dict__.setdefault("_kept", {}).setdefault(key, found)


@fault("A push stores the text and hash of another archive of the same length.", "archives are told apart by length and first kibibyte")
class archives_are_told_apart_by_their_head(SkillController):
    def read_archive(self, data):
        kept = self.__dict__.setdefault("_kept", {})
        key = len(data), data[:1024]
        if key not in kept:
            kept[key] = super().read_archive(data)
        return kept[key]


@fault("After a skill was deleted and made again, its hash answers the deleted one.", "references by hash are kept for ever")
class hash_references_are_remembered(ReferenceResolver):
    def resolve(self, reference):
        if not self.is_hash(reference.version):
            return super().resolve(reference)
        kept = self.__dict__.setdefault("_kept", {})
        if reference not in kept:
            kept[reference] = super().resolve(reference)
        return kept[reference]


@fault("A new version is found under its tag only after some other tag was asked for.", "the last lookup is kept")
class last_tag_lookup_is_kept(ReferenceResolver):
    _last = None, None

    def by_tag(self, skill_id, tag, current):
        if self._last[0] != (skill_id, tag):
            self._last = (skill_id, tag), super().by_tag(skill_id, tag, current)
        return self._last[1]
