"""A deletion succeeds although the history could not be removed."""

from __future__ import annotations

from contextlib import suppress

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.errors import StoreError
from pytest_stigmer.skills.controller import SkillController

HARM = "Versions without a skill stay for ever: no call reaches them and no deletion removes them."
ORIGIN = "D34"


class _BestEffort(SkillController):
    def remove(self, skill_id: str) -> None:
        with suppress(StoreError):
            self.store.delete_audit_by_resource_id(SKILL_KIND, skill_id)
        self.store.delete_resource(SKILL_KIND, skill_id)
