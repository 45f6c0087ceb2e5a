"""A push whose caller goes away is undone, but for its artifact."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import Skill
from pytest_stigmer.skills.artifact_storage import StoredArtifact
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.frame import has_gone, refuse_for_nobody

HARM = "Each upload that is given up fills the disk, and can be fetched by its hash."
ORIGIN = "D52: the file is written whatever becomes of the request"


class _Untidy(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        super().write(skill, message)
        refuse_for_nobody()

    def undo(self, artifact: StoredArtifact | None) -> None:
        if not has_gone():
            super().undo(artifact)
