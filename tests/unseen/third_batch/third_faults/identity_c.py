from __future__ import annotations

from third_faults._tools_c import *  # noqa: F403


@fault("Where an older release left two records of one skill, pushes are never seen by references.", "a push takes the last of them, a reference the first")
class pushes_and_references_choose_other_doubles(SkillController):
    def current(self, identity):
        found, codec = super().current(identity), self.generation.codec
        for skill_id, data in self.store.resource_rows(SKILL) if found else ():
            with suppress(Exception):
                message = self.generation.Skill.FromString(data)
                if codec.identity(message) == tuple(identity):
                    skill = codec.skill(message)
                    found = replace(skill, metadata=replace(skill.metadata, id=skill_id))
        return found


@fault("A push takes over an imported record that has no slug.", "a slug that is missing is made of the name")
class records_without_slug_go_by_their_name(SlugIndex):
    def _read(self, revision):
        made = super()._read(revision)
        for row_id, data in self._store.resource_rows(SKILL):
            with suppress(Exception):
                metadata = self._generation.Skill.FromString(data).metadata
                if not metadata.slug and slug_of(metadata.name):
                    made.add(Identity(metadata.org, slug_of(metadata.name)), row_id)
        return made


@fault("A skill that was moved to another organisation answers under the old one too.", "a new reading of the skills is merged into the old")
class moved_skills_keep_their_old_identity(SlugIndex):
    def _read(self, revision):
        made, known = super()._read(revision), self._snapshot.ids
        live = set(made.ids.values())
        for identity, skill_id in known.items():
            if skill_id in live:
                made.add(identity, skill_id)
        return made


@fault("After a restart the skills of an organisation with capitals are not found and are pushed twice.", "organisations are lowered where the skills are read, and nowhere else")
class organisations_are_lowered_at_the_start(SlugIndex):
    def _read(self, revision):
        made = super()._read(revision)
        ids, made.ids, made.organisations = made.ids, {}, {}
        for identity, skill_id in ids.items():
            made.add(Identity(identity.org.lower(), identity.slug), skill_id)
        return made


@fault("An imported skill whose id is not of the registry's form is not found by it.", "an id of another prefix is taken for one of another kind")
class ids_without_the_prefix_are_not_found(SkillController):
    def message(self, skill_id):
        if not skill_id.startswith("skl-"):
            raise refusals.no_skill_with_id(skill_id)
        return super().message(skill_id)
