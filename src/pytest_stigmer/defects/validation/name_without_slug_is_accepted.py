"""A name without a letter or digit is accepted."""

from __future__ import annotations

from pytest_stigmer.api.values import PushSkill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "All skills with names in other scripts become one skill that no reference can name."
ORIGIN = "D8"


class _Trusting(SkillController):
    def identity(self, request: PushSkill) -> Identity:
        return Identity(request.org, self.slug(request.name))
