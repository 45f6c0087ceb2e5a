"""A deletion commits the end of the history before it removes the record."""

from __future__ import annotations

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.skills.controller import SkillController, Stored

HARM = "A push between the two is acknowledged, and leaves a version that no call reaches."
ORIGIN = "contract 3.7: one step after the other, each by itself"


class _Stepwise(SkillController):
    def delete(self, skill_id: str) -> Stored:
        self.message(skill_id)
        self.store.delete_audit_by_resource_id(SKILL_KIND, skill_id)
        return super().delete(skill_id)

    def remove(self, skill_id: str) -> None:
        self.store.delete_resource(SKILL_KIND, skill_id)
