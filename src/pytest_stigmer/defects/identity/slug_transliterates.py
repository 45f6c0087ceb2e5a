"""Accents are taken off instead of dropping their letters."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "A skill with an accent in its name gets another slug than on the real server, where its "
    "references fail."
)
ORIGIN = "D8, turned round"


class _Transliterating(SkillController):
    def slug(self, name: str) -> str:
        """Return the slug of the name without accents."""
        return super().slug(unicodedata.normalize("NFKD", name))


def apply(recipe: Recipe) -> Recipe:
    """Write letters with accents as their base letters."""
    return replace(recipe, skills=_Transliterating)
