"""Artifacts lie beside the folder that their keys must name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from pathlib import Path


HARM = "Keys that clients have stored or built lead nowhere."
ORIGIN = "contract 3.9: the proto comment's `<hash>.zip` is not what happens"


class _Flat(ArtifactStorage):
    def key_of(self, version_hash: str) -> str:
        """Return the key that the comment in the .proto file promises."""
        return f"{version_hash}.zip"

    def path_of(self, key: str) -> Path:
        """Return the file of a key of that form."""
        super().path_of(f"skills/{key}")
        return self.root / key
