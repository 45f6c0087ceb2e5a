"""The archived copy is stored without its version hash."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import SKILL_KIND, Skill
from pytest_stigmer.skills.controller import SkillController

HARM = "With the next push nobody can fetch this version by its hash."
ORIGIN = "D21, for pushes"


class _Nameless(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        skill_id = skill.metadata.id
        self.store.save_audit(SKILL_KIND, skill_id, message, tag=skill.tag)
        self.store.save_resource(SKILL_KIND, skill_id, message)
