"""A push without organisation updates the only skill of its slug, whoever owns it."""

from __future__ import annotations

from pytest_stigmer.api.values import PushSkill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "Someone who forgets the organisation replaces a colleague's skill."
ORIGIN = "D2"


class _Guessing(SkillController):
    def identity(self, request: PushSkill) -> Identity:
        found = super().identity(request)
        organisations = self.index.organisations(found.slug)
        if found.org or len(organisations) != 1:
            return found
        return Identity(organisations.pop(), found.slug)
