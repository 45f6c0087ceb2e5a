"""A file under the right name is taken for the artifact."""

from __future__ import annotations

from hashlib import sha256

from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact

HARM = "Whoever plants a file, or loses half of one, has it served in place of what is pushed."
ORIGIN = "D42"


class _Trusting(ArtifactStorage):
    def store(self, data: bytes) -> StoredArtifact:
        key = self.key_of(sha256(data).hexdigest())
        return StoredArtifact(key, None) if self.path_of(key).exists() else super().store(data)
