"""A failed push removes its artifact although it was there before."""

from __future__ import annotations

from pytest_stigmer.skills.artifact_storage import StoredArtifact
from pytest_stigmer.skills.controller import SkillController

HARM = "Another skill of the same content loses its files."
ORIGIN = "D52, cleaned up too well"


class _Overzealous(SkillController):
    def undo(self, artifact: StoredArtifact | None) -> None:
        if artifact is not None:
            self.artifacts.path_of(artifact.key).unlink(missing_ok=True)
