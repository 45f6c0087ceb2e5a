"""A deletion removes the artifact of the current version."""

from __future__ import annotations

from pytest_stigmer.skills.controller import SkillController, Stored

HARM = "Other skills of the same content lose their files."
ORIGIN = "D31, turned round"


class _Thorough(SkillController):
    def delete(self, skill_id: str) -> Stored:
        found = super().delete(skill_id)
        self.artifacts.path_of(found.skill.artifact_storage_key).unlink(missing_ok=True)
        return found
