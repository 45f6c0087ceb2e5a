"""A push succeeds although its version could not be archived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.errors import StoreError
from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.api.values import Skill

HARM = "With the next push that version is gone: neither its tag nor its hash finds it."
ORIGIN = "D14"


class _BestEffort(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        """Save the record, archived or not."""
        try:
            super().write(skill, message)
        except StoreError:
            self.store.save_resource(SKILL_KIND, skill.metadata.id, message)
