"""A known hash answers with the current version."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A pinned reference follows every push."
ORIGIN = "TestIntegration_VersionHistory of b070f18, which looks up the last hash alone"


class _Unpinned(ReferenceResolver):
    def by_hash(self, skill_id: str, version_hash: str, current: Any) -> Any:
        super().by_hash(skill_id, version_hash, current)
        return current
