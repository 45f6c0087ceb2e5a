"""A hash in upper case is taken for a version hash."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "Two spellings name one version here and none on the real server, so pinned references stop "
    "resolving there."
)
ORIGIN = "TestIsHash of b070f18"


class _CaseBlind(ReferenceResolver):
    def is_hash(self, version: str) -> bool:
        """Whether a version is a hash in any case."""
        return super().is_hash(version.lower())

    def by_hash(self, skill_id: str, version_hash: str, current: Any) -> Any:
        """Return the version of the hash in lower case."""
        return super().by_hash(skill_id, version_hash.lower(), current)


def apply(recipe: Recipe) -> Recipe:
    """Take a version in lower case wherever it is a hash."""
    return replace(recipe, references=_CaseBlind)
