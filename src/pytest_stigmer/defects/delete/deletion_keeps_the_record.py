"""A deletion removes the history and leaves the record."""

from __future__ import annotations

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.skills.controller import SkillController

HARM = "A deleted skill is still answered to whoever has its id, without its versions."
ORIGIN = "TestSkillController_Delete of b070f18, whose codes nobody checks"


class _Keeping(SkillController):
    def remove(self, skill_id: str) -> None:
        self.store.delete_audit_by_resource_id(SKILL_KIND, skill_id)
