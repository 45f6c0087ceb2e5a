"""File names may hold control characters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "Listings and terminals show another name than the one that is unpacked."
ORIGIN = "TestExtractSkillMd_InvalidFilename of b070f18"


class _Trusting(ArchiveReader):
    def check_characters(self, entry: Entry) -> None:
        """Accept any character."""


def apply(recipe: Recipe) -> Recipe:
    """Check no characters."""
    return replace(recipe, archives=_Trusting)
