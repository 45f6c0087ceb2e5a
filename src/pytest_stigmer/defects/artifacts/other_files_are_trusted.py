"""Only SKILL.md is unpacked, the other files are believed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A bomb that declares to be small is stored and served."
ORIGIN = "stigmer b070f18, zip_extractor.go: SKILL.md alone is read"


class _Trusting(ArchiveReader):
    def check_others(self, data: bytes, entries: list[Entry]) -> None:
        """Accept whatever they hold."""


def apply(recipe: Recipe) -> Recipe:
    """Look at no other file."""
    return replace(recipe, archives=_Trusting)
