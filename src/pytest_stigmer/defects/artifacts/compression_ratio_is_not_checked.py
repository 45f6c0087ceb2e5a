"""Nobody looks at how far a file unpacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A few kilobytes unpack to what the disk does not hold."
ORIGIN = "TestExtractSkillMd_ZipBomb_HighRatio of b070f18"


class _Trusting(ArchiveReader):
    def check_ratio(self, entry: Entry) -> None:
        """Accept any ratio."""


def apply(recipe: Recipe) -> Recipe:
    """Check no ratio."""
    return replace(recipe, archives=_Trusting)
