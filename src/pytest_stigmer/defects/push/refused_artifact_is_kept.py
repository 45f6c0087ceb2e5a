"""An artifact is stored before it is looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.archive import Archive

HARM = "Anyone can fill the disk with archives that were refused, and serve them by their hash."
ORIGIN = "D47; D52"


class _Hasty(SkillController):
    def read_archive(self, data: bytes) -> Archive:
        """Store the artifact before the rules are applied."""
        self.artifacts.store(data)
        return super().read_archive(data)


def apply(recipe: Recipe) -> Recipe:
    """Store the artifact, then read it."""
    return replace(recipe, skills=_Hasty)
