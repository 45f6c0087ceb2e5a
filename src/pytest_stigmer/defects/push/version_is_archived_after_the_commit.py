"""A push commits the record, and adds it to the history afterwards."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import SKILL_KIND, PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController, Stored

HARM = "Of two pushes at once the history may have the older last, and the tag goes back to it."
ORIGIN = "D13, turned round: the record before its version"


class _Late(SkillController):
    def push(self, request: PushSkill) -> Stored:
        made = super().push(request)
        skill = made.skill
        self.store.save_audit(
            SKILL_KIND,
            skill.metadata.id,
            made.message,
            version_hash=skill.version_hash,
            tag=skill.tag,
        )
        return made

    def write(self, skill: Skill, message: Any) -> None:
        self.store.save_resource(SKILL_KIND, skill.metadata.id, message)

    def is_kept(self, skill: Skill | None) -> bool:
        del skill
        return False
