"""Artifacts lie beside the folder that their keys must name."""

from __future__ import annotations

from pathlib import Path

from pytest_stigmer.skills.artifact_storage import ArtifactStorage

HARM = "Keys that clients have stored or built lead nowhere."
ORIGIN = "contract 3.9: the proto comment's `<hash>.zip` is not what happens"


class _Flat(ArtifactStorage):
    def key_of(self, version_hash: str) -> str:
        return f"{version_hash}.zip"

    def path_of(self, key: str) -> Path:
        super().path_of(f"skills/{key}")
        return self.root / key
