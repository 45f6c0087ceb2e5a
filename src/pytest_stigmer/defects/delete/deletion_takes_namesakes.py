"""A deletion removes the skills of that slug in every organisation."""

from __future__ import annotations

from pytest_stigmer.skills.controller import SkillController, Stored
from pytest_stigmer.skills.index import Identity

HARM = "Whoever deletes a skill deletes those of others with it."
ORIGIN = "D1, for deletions"


class _Sweeping(SkillController):
    def delete(self, skill_id: str) -> Stored:
        found = super().delete(skill_id)
        slug = found.skill.metadata.slug
        for org in self.index.organisations(slug):
            namesake = self.index.find(Identity(org, slug))
            if namesake is not None:
                super().delete(namesake)
        return found
