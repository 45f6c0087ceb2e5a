"""An archive may hold any number of files, none included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Unpacking one skill exhausts the inodes of the disk."
ORIGIN = "TestExtractSkillMd_TooManyFiles of b070f18"


class _Trusting(ArchiveReader):
    def check_number(self, entries: int) -> None:
        """Accept any number."""


def apply(recipe: Recipe) -> Recipe:
    """Read the whole directory, however long."""
    return replace(recipe, archives=_Trusting)
