"""Symbolic links and devices pass for files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = (
    "The path that a link points to becomes the instructions, and reading the skill's files "
    "reads the machine's."
)
ORIGIN = "D48"


class _Trusting(ArchiveReader):
    def check_type(self, entry: Entry) -> None:
        """Accept any type."""


def apply(recipe: Recipe) -> Recipe:
    """Check no file's type."""
    return replace(recipe, archives=_Trusting)
