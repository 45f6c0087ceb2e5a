"""A push of the content that is current changes nothing."""

from __future__ import annotations

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = (
    "A version cannot be given another tag by pushing it again: the tag goes on naming another one."
)
ORIGIN = "D18, with deduplication in the wrong place"


class _Lazy(SkillController):
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        if current is not None and current.version_hash == archive.version_hash:
            return current
        return super().next_version(request, identity, archive, key, current)
