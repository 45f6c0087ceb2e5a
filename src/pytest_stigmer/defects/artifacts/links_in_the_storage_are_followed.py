"""An artifact may be a link to another file."""

from __future__ import annotations

from pathlib import Path

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

HARM = (
    "Opening the database under a second name drops the locks of the process, and an "
    "acknowledged push is lost."
)
ORIGIN = "stigmer b070f18, artifact_storage.go: os.ReadFile"


class _Following(ArtifactStorage):
    def content(self, path: Path) -> bytes:
        return path.read_bytes()
