from __future__ import annotations

from third_faults._tools import *  # noqa: F403


@fault("What was deleted is still in the file.", "a soft delete: the row changes its kind")
class deleted_skills_go_to_the_trash(SkillController):
    def remove(self, skill_id):
        self.store.delete_audit_by_resource_id(SKILL, skill_id)
        self.store.execute("UPDATE resources SET kind = 'deleted_skill' WHERE kind = 'skill' AND id = :id", {"id": skill_id})


@fault("The answer of a deletion lacks what was changed since the last push.", "the newest archived version is answered")
class deletion_answers_the_last_push(SkillController):
    def delete(self, skill_id):
        history = self.store.list_audit_history(SKILL, skill_id)
        found = super().delete(skill_id)
        return self.stored(self.generation.Skill.FromString(history[0])) if history else found


@fault("Deleting records by prefix deletes their histories.", "one of the deleting verbs cleans up behind it")
class prefix_deletion_takes_histories(SqliteStore):
    def delete_resources_by_id_prefix(self, kind, prefix):
        with self.transaction():
            history = "DELETE FROM resource_audit WHERE kind = :kind AND substr(resource_id, 1, length(:prefix)) = :prefix"
            self.execute(history, {"kind": kind_text(kind), "prefix": prefix})
            return super().delete_resources_by_id_prefix(kind, prefix)


@fault("Deletions of many records report one.", "whether something was deleted is returned for how much")
class deletions_count_to_one(SqliteStore):
    def delete_resources_by_kind(self, kind):
        return min(super().delete_resources_by_kind(kind), 1)

    def delete_audit_by_resource_id(self, kind, resource_id):
        return min(super().delete_audit_by_resource_id(kind, resource_id), 1)


@fault("The name of a deleted skill can never be pushed again.", "names are not given out twice, as in package registries")
class deleted_names_stay_taken(SkillController):
    def delete(self, skill_id):
        made = super().delete(skill_id)
        taken = "INSERT OR REPLACE INTO resources (kind, id, data) VALUES ('deleted_name', :id, x'')"
        self.store.execute(taken, {"id": "/".join(made.identity)})
        return made

    def current(self, identity):
        if self.store.execute("SELECT 1 FROM resources WHERE kind = 'deleted_name' AND id = :id", {"id": "/".join(identity)}):
            raise StatusError("ALREADY_EXISTS", f"skill name was deleted: {identity.slug}")
        return super().current(identity)


@fault("A deletion that fails leaves a skill without history.", "two deletions without a transaction")
class failed_deletion_loses_the_history(SkillController):
    def delete(self, skill_id):
        self.index.refresh()
        found = self.stored(self.message(skill_id))
        self.remove(skill_id)
        self.index.deleted(found.identity)
        return found


@fault("Deleting one organisation's skill deletes those of its slug in all others.", "deletion looks up by slug")
class deletion_takes_the_slug_everywhere(SkillController):
    def delete(self, skill_id):
        made = super().delete(skill_id)
        with self.store.transaction():
            for other, data in self.store.resource_rows(SKILL):
                with suppress(Exception):
                    if self.generation.Skill.FromString(data).metadata.slug == made.identity.slug:
                        self.remove(other)
        return made


@fault("A deleted skill is served until something else is written.", "deletions are queued and done with the next write")
class deletion_waits_for_the_next_write(SkillController):
    def delete(self, skill_id):
        self._catch_up()
        found = self.stored(self.message(skill_id))
        memory(self, "_queue")[skill_id] = found
        return found

    def push(self, request):
        self._catch_up()
        return super().push(request)

    def _catch_up(self):
        queue = memory(self, "_queue")
        while queue:
            with suppress(StatusError):
                super().delete(queue.popitem()[0])


@fault("The newest version of a deleted history stays in the file.", "the last copy is spared")
def newest_version_is_spared(recipe):
    return with_queries(recipe, delete_audit=f"DELETE {AUDIT_OF} AND id < (SELECT max(id) {AUDIT_OF})")


@fault("A skill whose current version has a tag cannot be deleted.", "releases are protected")
class tagged_skills_are_protected(SkillController):
    def delete(self, skill_id):
        if self.message(skill_id).spec.tag:
            raise StatusError("FAILED_PRECONDITION", f"Skill has a release: {skill_id}")
        return super().delete(skill_id)


@fault("A skill whose artifact was lost cannot be deleted.", "the artifact is read before it is asked whether to keep it")
class deletion_reads_the_artifact(SkillController):
    def remove(self, skill_id):
        self.artifacts.read(self.message(skill_id).status.artifact_storage_key)
        super().remove(skill_id)
