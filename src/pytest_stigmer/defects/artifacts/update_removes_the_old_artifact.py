"""An update removes the artifact of the version before."""

from __future__ import annotations

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "Pinned versions resolve, and their files are gone."
ORIGIN = "TestPush_Update_NewArtifact of b070f18"


class _Replacing(SkillController):
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        if current is not None and current.artifact_storage_key != key:
            self.artifacts.path_of(current.artifact_storage_key).unlink(missing_ok=True)
        return super().next_version(request, identity, archive, key, current)
