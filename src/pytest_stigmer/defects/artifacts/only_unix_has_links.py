"""A link counts as one only where a Unix or macOS claims to have written it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The entry is checked as a file, and unzip or 7-Zip make a link of it, SKILL.md included."
ORIGIN = "stigmer b070f18, zip_extractor.go: the mode of Unix and macOS creators alone"


class _UnixAlone(ArchiveReader):
    def check_type(self, entry: Entry) -> None:
        """Look at the type where the system has types."""
        if entry.unix_mode:
            super().check_type(entry)


def apply(recipe: Recipe) -> Recipe:
    """Believe other systems."""
    return replace(recipe, archives=_UnixAlone)
