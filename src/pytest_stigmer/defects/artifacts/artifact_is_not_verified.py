"""An artifact is answered without a look at its content."""

from __future__ import annotations

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

HARM = "Damaged or planted files are run as the version that their name promises."
ORIGIN = "D42"


class _Trusting(ArtifactStorage):
    def verify(self, key: str, data: bytes) -> None:
        """Accept any content."""
