"""The version hash is taken of SKILL.md and not of the whole artifact."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from pytest_stigmer.skills.archive import Archive, ArchiveReader

HARM = "Two versions whose scripts differ have one hash, and pinning it pins neither."
ORIGIN = "TestPush_CreateNew_SetsVersionHash of b070f18"


class _TextOnly(ArchiveReader):
    def read(self, data: bytes) -> Archive:
        read = super().read(data)
        return replace(read, version_hash=sha256(read.skill_md.encode()).hexdigest())
