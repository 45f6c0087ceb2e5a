"""A skill is called for ever what its first push called it."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Metadata, PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "A corrected spelling never shows."
ORIGIN = "stigmer b070f18, push.go: the name is the request's"


class _Stubborn(SkillController):
    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        made = super().metadata(request, identity, current)
        return made if current is None else replace(made, name=current.metadata.name)
