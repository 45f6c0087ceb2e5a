"""A deletion removes the artifact of the current version unless another skill has it."""

from __future__ import annotations

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.skills.controller import SkillController, Stored

HARM = "Whoever still runs a deleted skill loses its files in the middle."
ORIGIN = "D31, turned round with care"


class _Careful(SkillController):
    def delete(self, skill_id: str) -> Stored:
        found = super().delete(skill_id)
        key = found.skill.artifact_storage_key
        if not any(key.encode() in data for _, data in self.store.resource_rows(SKILL_KIND)):
            self.artifacts.path_of(key).unlink(missing_ok=True)
        return found
