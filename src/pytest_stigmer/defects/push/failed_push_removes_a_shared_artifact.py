"""A failed push removes its artifact although it was there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.skills.artifact_storage import StoredArtifact

HARM = "Another skill of the same content loses its files."
ORIGIN = "D52, cleaned up too well"


class _Overzealous(SkillController):
    def undo(self, artifact: StoredArtifact | None) -> None:
        """Remove the artifact, also when it was stored by an earlier push."""
        if artifact is not None:
            self.artifacts.path_of(artifact.key).unlink(missing_ok=True)
