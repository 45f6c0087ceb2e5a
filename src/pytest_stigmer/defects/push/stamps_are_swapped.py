"""created_at and updated_at stand in each other's place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.api.values import AuditInfo

HARM = "A skill seems to have been changed before it was made."
ORIGIN = "D12, with the slots mixed up"


class _Swapping(SkillController):
    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        """Return a stamp with its instants in the wrong slots."""
        stamp = super().stamp(now, before)
        return replace(stamp, created_at=stamp.updated_at, updated_at=stamp.created_at)
