from __future__ import annotations

from pytest_stigmer.store.translation import decode

from third_faults._tools_c import *  # noqa: F403


@fault("A label that was removed comes back with the next push.", "an update merges the labels with those of the version before")
class removed_labels_come_back(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        with suppress(Exception):
            before = self.generation.Skill.FromString(self.store.list_audit_history(SKILL, made.id)[0])
            return replace(made, labels={**before.metadata.labels, **made.labels})
        return made


@fault("Deleting one of two records of a skill, as older releases left them, deletes both.", "what is deleted is found by organisation and slug")
class deletion_takes_the_double_along(SkillController):
    def remove(self, skill_id):
        identity = self.stored(self.message(skill_id)).identity
        for other, data in self.store.resource_rows(SKILL):
            with suppress(Exception):
                if self.stored(self.generation.Skill.FromString(data)).identity == identity:
                    super().remove(other)
        super().remove(skill_id)


@fault("A skill with one damaged old version cannot be deleted.", "each version is read before it goes")
class damaged_version_blocks_the_deletion(SkillController):
    def remove(self, skill_id):
        for data in self.store.list_audit_history(SKILL, skill_id):
            decode(self.generation.Skill, data, SKILL, skill_id)
        super().remove(skill_id)


@fault("A history whose record is gone is deleted, and its newest version answered, as if the skill were there.", "a record that is missing is read from the history")
class orphaned_history_is_deleted_and_answered(SkillController):
    def delete(self, skill_id):
        try:
            return super().delete(skill_id)
        except StatusError:
            rows = self.store.list_audit_history(SKILL, skill_id)
            if not rows:
                raise
            self.store.delete_audit_by_resource_id(SKILL, skill_id)
            return self.stored(self.generation.Skill.FromString(rows[0]))


@fault("A skill that was deleted within a unit cannot be pushed again.", "the index waits for the end of the unit, which nobody tells it")
class deletion_in_a_unit_leaves_the_index(SlugIndex):
    def deleted(self, identity):
        if depth(self._store) < 2:
            super().deleted(identity)
        else:
            self._snapshot.revision = self._store.revision()
