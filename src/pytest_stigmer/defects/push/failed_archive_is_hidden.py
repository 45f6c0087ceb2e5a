"""A push succeeds although its version could not be archived."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import SKILL_KIND, Skill
from pytest_stigmer.errors import StoreError
from pytest_stigmer.skills.controller import SkillController

HARM = "With the next push that version is gone: neither its tag nor its hash finds it."
ORIGIN = "D14"


class _BestEffort(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        try:
            super().write(skill, message)
        except StoreError:
            self.store.save_resource(SKILL_KIND, skill.metadata.id, message)
