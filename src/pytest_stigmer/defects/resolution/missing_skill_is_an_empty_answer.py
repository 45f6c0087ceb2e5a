"""An id without a skill is answered with an empty one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A client goes on with a skill that has no instructions instead of learning that it is gone."
ORIGIN = "TestSkillController_Get of b070f18, whose codes nobody checks"


class _Silent(SkillController):
    def message(self, skill_id: str) -> Any:
        """Return the record, or an empty one."""
        try:
            return super().message(skill_id)
        except StatusError:
            return self.generation.Skill()


def apply(recipe: Recipe) -> Recipe:
    """Answer an empty record for what is not found."""
    return replace(recipe, skills=_Silent)
