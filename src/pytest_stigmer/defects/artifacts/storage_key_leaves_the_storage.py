"""A storage key may be any path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from pathlib import Path


HARM = "Anyone can read the database, and every file that the server can read."
ORIGIN = "D38"


class _Open(ArtifactStorage):
    def path_of(self, key: str) -> Path:
        """Return the file that the key leads to, wherever it lies."""
        return self.root / key.lstrip("/")

    def verify(self, key: str, data: bytes) -> None:
        """Verify what has a hash for a name."""
        if key.startswith("skills/"):
            super().verify(key, data)
