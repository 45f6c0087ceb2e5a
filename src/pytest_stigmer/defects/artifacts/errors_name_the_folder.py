"""The text of an error shows where the artifacts lie."""

from __future__ import annotations

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.artifact_storage import ArtifactStorage

HARM = "A caller learns the paths of the machine."
ORIGIN = "D40"


class _Talkative(ArtifactStorage):
    def read(self, key: str) -> bytes:
        try:
            return super().read(key)
        except StatusError as error:
            text = error.details.removesuffix(key)
            raise StatusError(error.code, f"{text}{self.root / key}") from error
