"""An update drops labels, annotations and tags."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Metadata, PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "What was sorted and selected by labels disappears from view with the next push."
ORIGIN = "D3"


class _Rebuilding(SkillController):
    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        made = super().metadata(request, identity, current)
        return replace(made, labels={}, annotations={}, tags=())
