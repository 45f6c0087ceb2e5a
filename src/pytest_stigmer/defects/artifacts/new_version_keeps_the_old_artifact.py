"""A skill keeps the artifact of its first push."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "The new instructions are run with the old scripts."
ORIGIN = "TestPush_Update_NewArtifact of b070f18, with deduplication by name"


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
        kept = key if current is None else current.artifact_storage_key
        return replace(made, artifact_storage_key=kept)
