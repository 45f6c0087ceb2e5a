"""Artifacts are written with the permissions that the process happens to give."""

from __future__ import annotations

from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact

HARM = "Everyone with an account on the machine reads the skills of every organisation."
ORIGIN = "TestLocalFileStorage_Store_Success of b070f18"


class _Open(ArtifactStorage):
    def store(self, data: bytes) -> StoredArtifact:
        stored = super().store(data)
        self.path_of(stored.key).chmod(0o644)
        return stored
