"""The two halves of a new record's audit name two authors."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "Who made a skill depends on which half of its audit is read, until it is updated."
ORIGIN = "contract 3.2: one info is used for spec_audit and status_audit"


class _TwoActors(SkillController):
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        made = super().next_version(request, identity, archive, key, current)
        if current is not None:
            return replace(made, status_audit=made.spec_audit)
        return replace(made, status_audit=replace(made.status_audit, created_by="controller"))
