"""Every push makes a new id."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Metadata, PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "Whoever keeps the id of a skill goes on seeing the version that was current then."
ORIGIN = "TestPush_Update_PreservesId of b070f18"


class _Renewing(SkillController):
    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        return replace(super().metadata(request, identity, current), id=self.new_id())
