"""A push without tag takes over the tag of the version before."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "A draft that was pushed without a tag goes out to everyone who follows `stable`."
ORIGIN = "D70, with the tag moving by itself"


class _Sticky(SkillController):
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        made = super().next_version(request, identity, archive, key, current)
        return made if request.tag or current is None else replace(made, tag=current.tag)
