"""An id without a skill is answered with an empty one."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.controller import SkillController

HARM = "A client goes on with a skill that has no instructions instead of learning that it is gone."
ORIGIN = "TestSkillController_Get of b070f18, whose codes nobody checks"


class _Silent(SkillController):
    def message(self, skill_id: str) -> Any:
        try:
            return super().message(skill_id)
        except StatusError:
            return self.generation.Skill()
