"""A storage key may be any path."""

from __future__ import annotations

from pathlib import Path

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

HARM = "Anyone can read the database, and every file that the server can read."
ORIGIN = "D38"


class _Open(ArtifactStorage):
    def path_of(self, key: str) -> Path:
        return self.root / key.lstrip("/")

    def verify(self, key: str, data: bytes) -> None:
        if key.startswith("skills/"):
            super().verify(key, data)
