"""An update counts as the creation of the skill."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import AuditInfo
from pytest_stigmer.skills.controller import SkillController

HARM = "Nobody can tell how old a skill is."
ORIGIN = "D12"


class _Forgetful(SkillController):
    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        return replace(super().stamp(now, before), created_at=now)
