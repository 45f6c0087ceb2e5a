"""An archive may hold any number of files, none included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import entries_of, find_directory

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "Unpacking one skill exhausts the inodes of the disk."
ORIGIN = "TestExtractSkillMd_TooManyFiles of b070f18"


class _Trusting(ArchiveReader):
    def directory(self, data: bytes) -> list[Entry]:
        """Return the entries, however many."""
        return list(entries_of(data, find_directory(data)))


def apply(recipe: Recipe) -> Recipe:
    """Read the whole directory, however long."""
    return replace(recipe, archives=_Trusting)
