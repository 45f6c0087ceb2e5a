from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("A tag of a push that failed answers with another version, pushed later.", "tags lead to row numbers in memory, and a number that was undone is given again")
class tags_lead_to_rows_that_were_undone(SqliteStore):
    def save_audit(self, kind, resource_id, message, *, version_hash="", tag=""):
        super().save_audit(kind, resource_id, message, version_hash=version_hash, tag=tag)
        ((row,),) = self.execute("SELECT last_insert_rowid()")
        memory(self, "_rows")[kind_text(kind), resource_id, tag] = self.revision()[0], row

    def get_audit_by_tag(self, kind, resource_id, tag, message_class):
        foreign, row = memory(self, "_rows").get((kind_text(kind), resource_id, tag), (None, 0))
        rows = self.execute("SELECT data FROM resource_audit WHERE id = :row", {"row": row})
        if rows and foreign == self.revision()[0]:
            return message_class.FromString(rows[0][0])
        return super().get_audit_by_tag(kind, resource_id, tag, message_class)


@fault("A reference without an organisation goes on answering the version before an organisation's push.", "a push evicts the references under its own organisation and slug")
class references_without_organisation_are_not_evicted(SkillController):
    def get_by_reference(self, reference):
        kept, revision = memory(self, "_kept"), self.store.revision()
        if kept.get(reference, (None, None))[0] != revision:
            kept[reference] = revision, super().get_by_reference(reference)
        return kept[reference][1]

    def push(self, request):
        kept, before = memory(self, "_kept"), self.store.revision()
        made = super().push(request)
        self._kept = {
            reference: (self.store.revision(), found) for reference, (revision, found) in kept.items()
            if revision == before and (reference.org, reference.slug) != self.identity(request)
        }
        return made


@fault("A skill that was deleted and pushed anew answers tags of its predecessor.", "old versions are kept by slug and tag, for they do not change")
class deleted_versions_answer_for_the_successor(ReferenceResolver):
    def version(self, reference, skill_id, current):
        kept, key = memory(self, "_kept"), (reference.org, reference.slug, reference.version)
        if self.is_current(reference.version) or self._codec.tag(current) == reference.version:
            kept.pop(key, None)
            return super().version(reference, skill_id, current)
        foreign = self._store.revision()[0]
        if kept.get(key, (None, None))[0] != foreign:
            kept[key] = foreign, super().version(reference, skill_id, current)
        return kept[key][1]


@fault("After one failed reading of the skills none is found, and a push makes a second one.", "what was read until the error is kept as all there is")
class index_of_a_failed_reading_is_kept(SlugIndex):
    def _read(self, revision):
        try:
            return super()._read(revision)
        except StoreError:
            self._snapshot = type(self._snapshot)(revision)
            raise


@fault("A version is answered from the history of another kind's resource of the same id.", "the kind is missing in a cache's key")
class kind_is_missing_in_the_key(SqliteStore):
    def get_audit_by_tag(self, kind, resource_id, tag, message_class):
        kept, revision = memory(self, "_kept"), self.revision()
        if kept.get((resource_id, tag), (None, None))[0] != revision:
            kept[resource_id, tag] = revision, encode(super().get_audit_by_tag(kind, resource_id, tag, message_class))
        return message_class.FromString(kept[resource_id, tag][1])
