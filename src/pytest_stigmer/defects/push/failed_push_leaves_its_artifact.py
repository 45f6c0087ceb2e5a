"""What a failed push has stored stays."""

from __future__ import annotations

from pytest_stigmer.skills.artifact_storage import StoredArtifact
from pytest_stigmer.skills.controller import SkillController

HARM = "Artifacts that nothing names pile up, and a refused upload can be fetched by its hash."
ORIGIN = "D52"


class _Untidy(SkillController):
    def undo(self, artifact: StoredArtifact | None) -> None:
        """Leave the artifact."""
