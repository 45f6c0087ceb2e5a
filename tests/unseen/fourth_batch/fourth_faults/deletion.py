from __future__ import annotations

from fourth_faults._tools_e import *  # noqa: F403


@fault("A record that was deleted is answered while its history is there.", "the newest archived version where there is no live one")
class gone_records_are_answered_from_their_history(SkillController):
    def get(self, skill_id):
        try:
            return super().get(skill_id)
        except StatusError:
            for data in self.store.list_audit_history(SKILL, skill_id):
                return self.stored(self.generation.Skill.FromString(data))
            raise


@fault("Versions that were archived without a hash outlive their skill.", "the statement by hash is used for the deletion, for any hash")
def versions_without_hash_survive(recipe):
    return with_queries(recipe, delete_audit=f"DELETE {AUDIT_OF} AND version_hash <> ''")


@fault("Deleting the history of a record deletes the record.", "one verb removes all that a resource has")
class history_deletion_takes_the_live_record(SqliteStore):
    def delete_audit_by_resource_id(self, kind, resource_id):
        with self.transaction():
            self.delete_resource(kind, resource_id)
            return super().delete_audit_by_resource_id(kind, resource_id)


@fault("The answer of a deletion lacks the instructions and the status.", "who deletes needs no more than the name")
class deletion_answers_the_metadata_alone(SkillController):
    def delete(self, skill_id):
        made = super().delete(skill_id)
        return self.stored(self.generation.Skill(metadata=made.message.metadata))


@fault("A skill cannot be deleted while an agent's record holds its slug.", "what is in use is protected")
class skills_in_use_are_protected(SkillController):
    def remove(self, skill_id):
        slug = self.message(skill_id).metadata.slug.encode()
        if slug and any(slug in data for data in self.store.list_resources("agent")):
            raise StatusError("FAILED_PRECONDITION", f"Skill is in use: {skill_id}")
        super().remove(skill_id)


@fault("A deleted skill has a history of one version.", "the deletion is archived too, after the history was removed")
class deletion_is_recorded_in_the_history(SkillController):
    def remove(self, skill_id):
        last = self.message(skill_id)
        super().remove(skill_id)
        self.store.save_audit(SKILL, skill_id, last)


@fault("A skill whose record is damaged is deleted with all its sound versions, and an empty one is answered.", "what cannot be read must at least be deletable")
class damaged_skill_is_deleted_unseen(SkillController):
    def delete(self, skill_id):
        try:
            return super().delete(skill_id)
        except UndecodableRow:
            with self.store.transaction():
                self.remove(skill_id)
            return self.stored(self.generation.Skill())


@fault("Deleting the record a deletes the record a/1.", "ids are taken for paths, and what lies below goes too")
def deletion_takes_what_lies_below(recipe):
    below = "substr(id, 1, length(:id) + 1) = :id || '/'"
    return with_queries(recipe, delete_resource=f"DELETE FROM resources WHERE kind = :kind AND (id = :id OR {below})")


@fault("Deleting one history deletes versions of others that were pushed meanwhile.", "one range of ids, from the first to the last")
def history_is_deleted_as_a_range(recipe):
    ids = f"(SELECT min(id) {AUDIT_OF}) AND (SELECT max(id) {AUDIT_OF})"
    return with_queries(recipe, delete_audit=f"DELETE FROM resource_audit WHERE kind = :kind AND id BETWEEN {ids}")
