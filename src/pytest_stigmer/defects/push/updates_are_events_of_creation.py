"""Every push is recorded as a creation."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import AuditInfo
from pytest_stigmer.skills.controller import SkillController

HARM = "Whoever follows events sees new skills instead of new versions."
ORIGIN = "stigmer b070f18, defaults.go: the event of an update is `updated`"


class _Repetitive(SkillController):
    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        return replace(super().stamp(now, before), event="created")
