"""An artifact may be a link to another file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "Opening the database under a second name drops the locks of the process, and an "
    "acknowledged push is lost."
)
ORIGIN = "stigmer b070f18, artifact_storage.go: os.ReadFile"


class _Following(ArtifactStorage):
    def content(self, path: Path) -> bytes:
        """Return what lies at the end of the link."""
        return path.read_bytes()


def apply(recipe: Recipe) -> Recipe:
    """Follow links."""
    return replace(recipe, artifacts=_Following)
