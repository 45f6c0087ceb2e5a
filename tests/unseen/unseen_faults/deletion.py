from __future__ import annotations

from unseen_faults._tools import *  # noqa: F403


@fault("After a skill was deleted its name cannot be pushed again.", "the index is not told of deletions")
class deletion_stays_in_the_index(SlugIndex):
    def deleted(self, identity):
        self._snapshot.revision = self._store.revision()


@fault("References stay ambiguous after the skill that made them so was deleted.", "only one of two maps is cleared")
class deleted_organisation_counts_on(SlugIndex):
    def deleted(self, identity):
        self._snapshot.ids.pop(identity, None)
        self._snapshot.revision = self._store.revision()


@fault("Deleting one history deletes those of ids that begin alike.", "a trailing wildcard")
def history_is_deleted_by_prefix(recipe):
    query = "DELETE FROM resource_audit WHERE kind = :kind AND substr(resource_id, 1, length(:id)) = :id"
    return with_queries(recipe, delete_audit=query)


@fault("Deleting a history deletes that of another kind with the same id.", "the kind is forgotten")
def history_is_deleted_in_every_kind(recipe):
    return with_queries(recipe, delete_audit="DELETE FROM resource_audit WHERE resource_id = :id")


@fault("Tagged versions of a deleted skill stay in the file.", "releases are spared")
class tagged_versions_survive(SkillController):
    def remove(self, skill_id):
        self.store.execute(f"DELETE {AUDIT_OF} AND tag = ''", {"kind": SKILL, "id": skill_id})
        self.store.delete_resource(SKILL, skill_id)


@fault("A deletion answers with a record that never was.", "the answer is stamped with the deletion")
class deletion_stamps_its_answer(SkillController):
    def delete(self, skill_id):
        found = super().delete(skill_id).skill
        info = replace(found.spec_audit, event="deleted")
        return self.stored(self.generation.codec.skill_message(replace(found, spec_audit=info, status_audit=info)))


@fault("Deleting a skill removes an artifact that another skill's old version refers to.", "only live records are asked who uses it")
class last_live_user_takes_the_artifact(SkillController):
    def remove(self, skill_id):
        key = self.message(skill_id).status.artifact_storage_key
        super().remove(skill_id)
        live = [self.generation.Skill.FromString(d).status.artifact_storage_key for d in self.store.list_resources(SKILL)]
        if key not in live:
            with suppress(OSError, StatusError):
                self.artifacts.path_of(key).unlink()


@fault("Deleting all agents deletes their executions and instances too.", "kinds are compared by their beginning")
def kind_deletion_takes_relatives(recipe):
    return with_queries(recipe, delete_resources_by_kind="DELETE FROM resources WHERE kind GLOB :kind || '*'")


@fault("Deleting what is gone already fails.", "no row was changed")
class absent_record_cannot_be_deleted(SqliteStore):
    def delete_resource(self, kind, resource_id):
        if not self._write(self.queries.delete_resource, kind, id=resource_id):
            raise ResourceNotFound.of(kind_text(kind), resource_id)


@fault("A skill made after a deletion says that it was created before it.", "creation times are remembered by slug")
class successor_inherits_its_creation(SkillController):
    def next_version(self, request, identity, archive, key, current):
        kept = self.__dict__.setdefault("_created", {})
        made = super().next_version(request, identity, archive, key, current)
        at = kept.setdefault(identity, made.spec_audit.created_at)
        if current is not None:
            return made
        return replace(made, spec_audit=replace(made.spec_audit, created_at=at), status_audit=replace(made.status_audit, created_at=at))


@fault("A second deletion says that it deleted the skill.", "deletions are made idempotent")
class second_deletion_succeeds(SkillController):
    def delete(self, skill_id):
        kept = self.__dict__.setdefault("_deleted", {})
        if skill_id not in kept:
            kept[skill_id] = super().delete(skill_id)
        return kept[skill_id]


@fault("Deleting a long history leaves its older part.", "a batch of a hundred")
def deletion_ends_after_a_hundred_versions(recipe):
    batch = f"SELECT id {AUDIT_OF} ORDER BY id DESC LIMIT 100"
    return with_queries(recipe, delete_audit=f"DELETE FROM resource_audit WHERE id IN ({batch})")


@fault("Deleting a skill deletes the equal versions of other skills.", "history is deleted by content")
class deletion_takes_equal_content_along(SkillController):
    def remove(self, skill_id):
        self.store.execute(
            "DELETE FROM resource_audit WHERE version_hash IN "
            "(SELECT version_hash FROM resource_audit WHERE kind = :k AND resource_id = :i)", {"k": SKILL, "i": skill_id}
        )
        super().remove(skill_id)
