"""What a failed push has stored stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.skills.artifact_storage import StoredArtifact

HARM = "Artifacts that nothing names pile up, and a refused upload can be fetched by its hash."
ORIGIN = "D52"


class _Untidy(SkillController):
    def undo(self, artifact: StoredArtifact | None) -> None:
        """Leave the artifact."""
