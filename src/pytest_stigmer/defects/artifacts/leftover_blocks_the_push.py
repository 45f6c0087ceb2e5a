"""An artifact is written under one name beside its own, which nobody else may have left."""

from __future__ import annotations

from hashlib import sha256

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact

HARM = "After a push that was killed nobody can push this content any more."
ORIGIN = "contract 3.9, a temporary file of a fixed name"


class _OneName(ArtifactStorage):
    def store(self, data: bytes) -> StoredArtifact:
        key = self.key_of(sha256(data).hexdigest())
        if self.path_of(key).with_suffix(".tmp").exists():
            raise StatusError("INTERNAL", f"failed to store artifact: {key}: File exists")
        return super().store(data)
