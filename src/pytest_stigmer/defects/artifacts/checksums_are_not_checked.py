"""Nobody compares a file with its checksum."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "Instructions that were damaged on the way are run."
ORIGIN = "stigmer b070f18, zip_extractor.go: a declared checksum of 0 is not looked at"


class _Trusting(ArchiveReader):
    def check_unpacked(self, entry: Entry, size: int, crc: int, most: int) -> None:
        """Check the size alone."""
        del crc
        super().check_unpacked(entry, size, entry.crc, most)


def apply(recipe: Recipe) -> Recipe:
    """Take every checksum for right."""
    return replace(recipe, archives=_Trusting)
