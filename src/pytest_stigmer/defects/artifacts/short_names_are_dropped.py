"""A name like a short one of Windows is left out, unchecked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The stored artifact keeps the file with its bad name or its bomb."
ORIGIN = "stigmer b070f18, zip_extractor.go: SkipWindowsShortFilenames"


class _Dropping(ArchiveReader):
    def check_entries(self, entries: list[Entry]) -> None:
        """Check the other names."""
        super().check_entries([entry for entry in entries if "~1" not in entry.name])

    def check_others(self, data: bytes, entries: list[Entry]) -> None:
        """Unpack the other files."""
        super().check_others(data, [entry for entry in entries if "~1" not in entry.name])


def apply(recipe: Recipe) -> Recipe:
    """Drop such entries."""
    return replace(recipe, archives=_Dropping)
