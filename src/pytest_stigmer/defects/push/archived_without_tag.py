"""The archived copy is stored without its tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.api.values import Skill

HARM = "With the next push the tag of this one names nothing."
ORIGIN = "D21, for pushes"


class _Nameless(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        """Archive a version without its tag."""
        skill_id = skill.metadata.id
        self.store.save_audit(SKILL_KIND, skill_id, message, version_hash=skill.version_hash)
        self.store.save_resource(SKILL_KIND, skill_id, message)
