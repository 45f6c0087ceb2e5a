"""An update does not move updated_at."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import AuditInfo
from pytest_stigmer.skills.controller import SkillController

HARM = "Caches that ask whether a skill has changed keep the old version for ever."
ORIGIN = "TestPush_Update_UpdatesTimestamp of b070f18, which compares pointers"


class _Still(SkillController):
    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        stamp = super().stamp(now, before)
        return replace(stamp, updated_at=stamp.created_at)
