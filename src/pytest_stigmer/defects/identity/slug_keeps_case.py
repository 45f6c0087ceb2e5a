"""Names that differ in case alone are different skills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.assembly import Recipe

HARM = (
    "Updating `calculator` leaves `Calculator` as it was, and users of either see half of the "
    "versions."
)
ORIGIN = "stigmer b070f18, slug.go: lower case first"


class _CaseSensitive(SkillController):
    def slug(self, name: str) -> str:
        """Return the slug, ended by the letters that were in upper case."""
        capitals = "".join(letter for letter in name if letter.isupper())
        return f"{super().slug(name)}{capitals}"


def apply(recipe: Recipe) -> Recipe:
    """Make the slug without folding the case of its letters."""
    return replace(recipe, skills=_CaseSensitive)
