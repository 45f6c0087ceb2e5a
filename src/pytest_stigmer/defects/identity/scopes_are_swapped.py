"""Platform and organization change places."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import SCOPE_ORGANIZATION, SCOPE_PLATFORM, Metadata, PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "An organisation's own skill is published to everyone, and the platform's to nobody."
ORIGIN = "stigmer b070f18, enum.proto: platform is 1, organization 2"

_SWAPPED = {SCOPE_PLATFORM: SCOPE_ORGANIZATION, SCOPE_ORGANIZATION: SCOPE_PLATFORM}


class _Swapping(SkillController):
    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        made = super().metadata(request, identity, current)
        return replace(made, owner_scope=_SWAPPED.get(request.scope, made.owner_scope))
