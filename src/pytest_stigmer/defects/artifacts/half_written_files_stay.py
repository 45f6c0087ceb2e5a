"""Nobody removes what a killed push left half-written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stigmer.registry.assembly import Recipe

HARM = "Each crash costs the size of an artifact, for ever."
ORIGIN = "contract 3.9, with a temporary file and no sweep"


class _Untidy(ArtifactStorage):
    def leftovers(self) -> list[Path]:
        """Look for none."""
        return []


def apply(recipe: Recipe) -> Recipe:
    """Leave them."""
    return replace(recipe, artifacts=_Untidy)
