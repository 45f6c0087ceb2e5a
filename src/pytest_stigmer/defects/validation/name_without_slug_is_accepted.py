"""A name without a letter or digit is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

if TYPE_CHECKING:
    from pytest_stigmer.api.values import PushSkill

HARM = "All skills with names in other scripts become one skill that no reference can name."
ORIGIN = "D8"


class _Trusting(SkillController):
    def identity(self, request: PushSkill) -> Identity:
        """Return the skill of the slug, also of an empty one."""
        return Identity(request.org, self.slug(request.name))
