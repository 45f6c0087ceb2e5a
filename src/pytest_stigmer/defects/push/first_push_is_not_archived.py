"""Only updates are archived."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import SKILL_KIND, Skill
from pytest_stigmer.skills.controller import SkillController

HARM = "The first version of every skill is lost with the second."
ORIGIN = "TestPush_CreateNew_ArchivesVersion of b070f18, which looks at no archive"


class _Late(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        if skill.spec_audit.event == "updated":
            super().write(skill, message)
        else:
            self.store.save_resource(SKILL_KIND, skill.metadata.id, message)
