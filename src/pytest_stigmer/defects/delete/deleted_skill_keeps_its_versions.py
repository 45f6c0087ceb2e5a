"""A deletion leaves the history behind."""

from __future__ import annotations

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.skills.controller import SkillController

HARM = "What somebody deleted for good reason can still be read."
ORIGIN = "D30, turned round"


class _Keeping(SkillController):
    def remove(self, skill_id: str) -> None:
        self.store.delete_resource(SKILL_KIND, skill_id)
