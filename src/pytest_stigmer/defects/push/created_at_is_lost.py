"""An update counts as the creation of the skill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.api.values import AuditInfo

HARM = "Nobody can tell how old a skill is."
ORIGIN = "D12"


class _Forgetful(SkillController):
    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        """Return a stamp that was created now."""
        return replace(super().stamp(now, before), created_at=now)
