"""A deletion removes the skills of that slug in every organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

if TYPE_CHECKING:
    from pytest_stigmer.skills.controller import Stored

HARM = "Whoever deletes a skill deletes those of others with it."
ORIGIN = "D1, for deletions"


class _Sweeping(SkillController):
    def delete(self, skill_id: str) -> Stored:
        """Remove the skill and its namesakes."""
        found = super().delete(skill_id)
        slug = found.skill.metadata.slug
        for org in self.index.organisations(slug):
            namesake = self.index.find(Identity(org, slug))
            if namesake is not None:
                super().delete(namesake)
        return found
