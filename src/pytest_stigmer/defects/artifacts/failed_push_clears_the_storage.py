"""A failed push takes away every artifact that no live record names."""

from __future__ import annotations

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.skills.artifact_storage import StoredArtifact
from pytest_stigmer.skills.controller import SkillController

HARM = "One push that fails costs all skills the files of their old versions."
ORIGIN = "D52, mended by a sweep"


class _Sweeping(SkillController):
    def undo(self, artifact: StoredArtifact | None) -> None:
        super().undo(artifact)
        named = b"".join(self.store.list_resources(SKILL_KIND))
        for path in self.artifacts.root.glob("skills/*.zip"):
            if path.is_file() and path.name.encode() not in named:
                path.unlink()
