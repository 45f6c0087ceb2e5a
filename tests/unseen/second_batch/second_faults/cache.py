from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("Damage that comes after an artifact was served once is served too.", "a key is verified once")
class verified_keys_are_remembered(ArtifactStorage):
    def verify(self, key, data):
        seen = memory(self, "_seen")
        if key not in seen:
            super().verify(key, data)
            seen[key] = True


@fault("A tag that was asked for too early stays unknown after another server gave it.", "misses are kept until this server writes")
class missing_tags_are_remembered(ReferenceResolver):
    def by_tag(self, skill_id, tag, current):
        key = skill_id, tag, self._store.connection.total_changes
        missing = memory(self, "_missing")
        if key in missing and self._codec.tag(current) != tag:
            raise missing[key]
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound as error:
            missing[key] = error
            raise


@fault("Skills deleted by prefix can neither be found nor pushed again.", "one way of deletion does not clear the index")
class prefix_deletions_leave_the_index(SqliteStore):
    _swept = 0

    def revision(self):
        foreign, schema, changes, unseen = super().revision()
        return foreign, schema, changes - self._swept, unseen

    def delete_resources_by_id_prefix(self, kind, prefix):
        before = self.connection.total_changes
        try:
            return super().delete_resources_by_id_prefix(kind, prefix)
        finally:
            self._swept += self.connection.total_changes - before


@fault("A hash answers one organisation with the skill of another.", "the organisation is missing in a cache's key")
class hash_lookups_are_remembered_by_slug(ReferenceResolver):
    def resolve(self, reference):
        if not self.is_hash(reference.version):
            return super().resolve(reference)
        kept, key, revision = memory(self, "_kept"), (reference.slug, reference.version), self._store.revision()
        if kept.get(key, [None])[0] != revision:
            kept[key] = revision, super().resolve(reference)
        return kept[key][1]


@fault("After a push within a larger unit was undone its name cannot be pushed.", "only whole rollbacks clear the index")
class inner_rollbacks_leave_the_index(SqliteStore):
    @contextmanager
    def transaction(self):
        is_inner = self._session._depth > 0
        try:
            with super().transaction():
                yield
        except BaseException:
            self._session._unseen -= is_inner
            raise


@fault("A record saved twice within a second is listed as it was first.", "a listing is kept while number and last change stay")
class listing_is_kept_while_count_and_time_stay(SqliteStore):
    def list_resources(self, kind):
        state = self.execute("SELECT count(*), max(updated_at) FROM resources WHERE kind = :k", {"k": kind_text(kind)})
        kept = memory(self, "_kept")
        if kept.get(kind_text(kind), [None])[0] != state:
            kept[kind_text(kind)] = state, super().list_resources(kind)
        return list(kept[kind_text(kind)][1])


@fault("A version that was undone stays listed in place of the one that came instead.", "a history is kept while its newest id stays")
class history_is_kept_while_its_newest_stays(SqliteStore):
    def list_audit_history(self, kind, resource_id):
        state = self.execute(f"SELECT max(id) {AUDIT_OF}", {"kind": kind_text(kind), "id": resource_id})
        kept, key = memory(self, "_kept"), (kind_text(kind), resource_id)
        if kept.get(key, [None])[0] != state:
            kept[key] = state, super().list_audit_history(kind, resource_id)
        return list(kept[key][1])


@fault("A record whose save was undone is read as saved.", "a write-through cache that knows no rollback")
class undone_saves_are_remembered(SqliteStore):
    def save_resource(self, kind, resource_id, message):
        super().save_resource(kind, resource_id, message)
        memory(self, "_kept")[kind_text(kind), resource_id] = super().revision()[0], encode(message)

    def get_resource(self, kind, resource_id, message_class):
        foreign, data = memory(self, "_kept").get((kind_text(kind), resource_id), (None, b""))
        if foreign is not None and foreign == super().revision()[0]:
            return message_class.FromString(data)
        return super().get_resource(kind, resource_id, message_class)

    def _write(self, sql, kind, **given):
        if sql != self.queries.save_resource:
            memory(self, "_kept").clear()
        return super()._write(sql, kind, **given)

    def execute(self, *args):
        memory(self, "_kept").clear()
        return super().execute(*args)


@fault("When another server replaced one skill by another within a second, neither is found rightly.", "the index is kept while number and last change stay")
class index_is_kept_while_count_and_time_stay(SqliteStore):
    def revision(self):
        return tuple(self.execute("SELECT count(*), max(updated_at) FROM resources WHERE kind = 'skill'")[0])
