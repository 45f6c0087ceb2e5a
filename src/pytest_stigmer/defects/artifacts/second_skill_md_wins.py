"""Of two files named SKILL.md the second counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A reviewer reads the first instructions, the agent follows the second."
ORIGIN = "stigmer b070f18, zip_extractor.go: the first of two names counts"


class _LastWins(ArchiveReader):
    def check_repetition(self, entry: Entry, seen: set[bytes]) -> None:
        """Accept any repetition."""

    def find_skill_md(self, entries: list[Entry]) -> Entry:
        """Return the last entry of the name."""
        return super().find_skill_md(entries[::-1])


def apply(recipe: Recipe) -> Recipe:
    """Take the last entry of the name."""
    return replace(recipe, archives=_LastWins)
