"""An update without scope leaves the skill without one."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Metadata, PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "After an ordinary update a skill of the platform is nobody's."
ORIGIN = "D2"


class _Rebuilding(SkillController):
    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        made = super().metadata(request, identity, current)
        return replace(made, owner_scope=request.scope)
