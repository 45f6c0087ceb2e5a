"""Nobody removes what a killed push left half-written."""

from __future__ import annotations

from pathlib import Path

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

HARM = "Each crash costs the size of an artifact, for ever."
ORIGIN = "contract 3.9, with a temporary file and no sweep"


class _Untidy(ArtifactStorage):
    def sweep(self, leftovers: list[Path]) -> None:
        del leftovers
