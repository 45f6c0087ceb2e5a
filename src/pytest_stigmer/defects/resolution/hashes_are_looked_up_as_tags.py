"""A version hash is looked up among the tags."""

from __future__ import annotations

from pytest_stigmer.skills.references import ReferenceResolver

HARM = "No version can be pinned by its hash."
ORIGIN = "TestIntegration_VersionResolution_Hash of b070f18"


class _OnlyTags(ReferenceResolver):
    def is_hash(self, version: str) -> bool:
        del version
        return False
