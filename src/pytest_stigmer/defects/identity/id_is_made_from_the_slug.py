"""The id of a skill is made from its slug."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Metadata, PushSkill, Skill
from pytest_stigmer.skills.controller import ID_PREFIX, SkillController
from pytest_stigmer.skills.index import Identity

HARM = (
    "Skills of one slug overwrite each other, and a skill made anew answers to the id of the "
    "deleted one."
)
ORIGIN = "D1, for ids"


class _Derived(SkillController):
    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        made = super().metadata(request, identity, current)
        return replace(made, id=f"{ID_PREFIX}-{identity.slug}")
