from __future__ import annotations

from second_faults._tools import *  # noqa: F403


@fault("A skill that was deleted comes back under its old id when its content is pushed again.", "deleted skills are kept and known by their content")
class pushing_deleted_content_revives_it(SkillController):
    def delete(self, skill_id):
        made = super().delete(skill_id)
        memory(self, "_buried")[made.identity, made.skill.version_hash] = made.skill
        return made

    def next_version(self, request, identity, archive, key, current):
        if current is None:
            current = memory(self, "_buried").pop((identity, archive.version_hash), None)
        return super().next_version(request, identity, archive, key, current)


@fault("Deleting a long history leaves a part of it.", "pages by OFFSET over rows that are being deleted")
class pages_of_a_deletion_skip_what_moved_up(SqliteStore):
    def delete_audit_by_resource_id(self, kind, resource_id):
        key, done, page = {"kind": kind_text(kind), "id": resource_id}, 0, 0
        with self.transaction():
            while rows := self._session.rows(f"SELECT id {AUDIT_OF} ORDER BY id LIMIT 500 OFFSET :page", {**key, "page": page}):
                ends = {"first": rows[0][0], "last": rows[-1][0]}
                done += self._session.count(f"DELETE {AUDIT_OF} AND id BETWEEN :first AND :last", {**key, **ends})
                page += 500
        return done


@fault("Deleting a long history reports fewer records than it deleted.", "the number of the last batch is returned")
class deletion_counts_its_last_batch(SqliteStore):
    def delete_audit_by_resource_id(self, kind, resource_id):
        count = super().delete_audit_by_resource_id(kind, resource_id)
        return count if count <= 100 else count % 100 or 100


@fault("After one organisation deleted its skill, another's of the same slug is not found, and pushed a second time.", "the index forgets by slug")
class deletion_forgets_the_slug_everywhere(SlugIndex):
    def deleted(self, identity):
        super().deleted(identity)
        for other in [it for it in self._snapshot.ids if it.slug == identity.slug]:
            self._snapshot.remove(other)


@fault("When one of two records of one slug is deleted the other is not found.", "the index holds one id per slug")
class deleted_double_hides_the_other(SlugIndex):
    def deleted(self, identity):
        self._snapshot.remove(identity)
        self._snapshot.revision = self._store.revision()


@fault("Deleting by prefix leaves ids that go on with an emoji or another rare character.", "the range ends at prefix + U+FFFF")
class prefix_ends_before_rare_characters(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        if not prefix:
            return super().delete_resources_by_id_prefix(kind, prefix)
        end = (prefix + "\uffff").encode()
        return self._write(self.queries.delete_resources_by_id_prefix, kind, prefix=prefix, end=end)


@fault("Deleting a record deletes the one whose id only adds blanks.", "COLLATE RTRIM, as CHAR columns compare")
def deletion_ignores_trailing_blanks(recipe):
    return with_queries(recipe, delete_resource=Queries().delete_resource + " COLLATE RTRIM")


@fault("The answer of a deletion, the last copy there is, lacks what a newer server wrote.", "the answer is made from the known fields")
class deletion_answers_what_it_knows(SkillController):
    def delete(self, skill_id):
        return self.stored(self.generation.codec.skill_message(super().delete(skill_id).skill))


@fault("A skill without history is reported as deleted and stays.", "nothing to delete is taken for done")
class without_history_nothing_is_deleted(SkillController):
    def remove(self, skill_id):
        if self.store.delete_audit_by_resource_id(SKILL, skill_id):
            self.store.delete_resource(SKILL, skill_id)


@fault("After the clock was set back, a deletion leaves versions in the file.", "rows up to now are deleted")
def deletion_spares_versions_of_the_future(recipe):
    return with_queries(recipe, delete_audit=f"DELETE {AUDIT_OF} AND archived_at <= datetime('now')")


@fault("Deleting by prefix leaves the record whose id is the prefix itself.", "> for >=")
def prefix_itself_is_left(recipe):
    return with_queries(recipe, delete_resources_by_id_prefix=Queries().delete_resources_by_id_prefix.replace("id >= :prefix", "id > :prefix"))
