"""A hash in upper case is taken for a version hash."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.skills.references import ReferenceResolver

HARM = (
    "Two spellings name one version here and none on the real server, so pinned references stop "
    "resolving there."
)
ORIGIN = "TestIsHash of b070f18"


class _CaseBlind(ReferenceResolver):
    def is_hash(self, version: str) -> bool:
        return super().is_hash(version.lower())

    def by_hash(self, skill_id: str, version_hash: str, current: Any) -> Any:
        return super().by_hash(skill_id, version_hash.lower(), current)
