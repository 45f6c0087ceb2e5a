"""A deletion removes the artifact of the current version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.skills.controller import Stored

HARM = "Other skills of the same content lose their files."
ORIGIN = "D31, turned round"


class _Thorough(SkillController):
    def delete(self, skill_id: str) -> Stored:
        """Remove the skill and its artifact."""
        found = super().delete(skill_id)
        self.artifacts.path_of(found.skill.artifact_storage_key).unlink(missing_ok=True)
        return found
