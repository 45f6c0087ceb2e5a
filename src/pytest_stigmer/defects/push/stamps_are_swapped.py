"""created_at and updated_at stand in each other's place."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import AuditInfo
from pytest_stigmer.skills.controller import SkillController

HARM = "A skill seems to have been changed before it was made."
ORIGIN = "D12, with the slots mixed up"


class _Swapping(SkillController):
    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        stamp = super().stamp(now, before)
        return replace(stamp, created_at=stamp.updated_at, updated_at=stamp.created_at)
