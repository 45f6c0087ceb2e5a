"""Only the spec's half of the audit is stamped on update."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "The status seems to be that of an earlier version."
ORIGIN = "stigmer b070f18, defaults.go: both halves get the same stamp"


class _HalfStamped(SkillController):
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        made = super().next_version(request, identity, archive, key, current)
        return made if current is None else replace(made, status_audit=current.status_audit)
