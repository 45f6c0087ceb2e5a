"""A name without a slash is a file whatever its attributes say."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "7-Zip and bsdtar unpack SKILL.md as a folder, and the agent finds no instructions."
ORIGIN = "stigmer b070f18, zip_extractor.go: an entry is a file unless its name ends with a slash"


class _ByName(ArchiveReader):
    def check_type(self, entry: Entry) -> None:
        """Look for links and devices alone."""
        if stat.S_IFMT(entry.attributes >> 16) in (stat.S_IFLNK, stat.S_IFIFO):
            super().check_type(entry)


def apply(recipe: Recipe) -> Recipe:
    """Go by the names."""
    return replace(recipe, archives=_ByName)
