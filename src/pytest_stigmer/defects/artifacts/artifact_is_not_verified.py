"""An artifact is answered without a look at its content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Damaged or planted files are run as the version that their name promises."
ORIGIN = "D42"


class _Trusting(ArtifactStorage):
    def verify(self, key: str, data: bytes) -> None:
        """Accept any content."""


def apply(recipe: Recipe) -> Recipe:
    """Return what the file holds."""
    return replace(recipe, artifacts=_Trusting)
