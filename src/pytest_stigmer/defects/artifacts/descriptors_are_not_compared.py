"""Nobody compares what follows the bytes of a streamed file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The real server cannot open the skill that was accepted here."
ORIGIN = "contract 3.8: Go checks the descriptor"

_DESCRIPTOR = 8


class _Trusting(ArchiveReader):
    @staticmethod
    def check_local(data: bytes, entry: Entry, until: int) -> None:
        """Accept a streamed file as the directory declares it."""
        if not entry.flags & _DESCRIPTOR:
            ArchiveReader.check_local(data, entry, until)


def apply(recipe: Recipe) -> Recipe:
    """Believe the directory."""
    return replace(recipe, archives=_Trusting)
