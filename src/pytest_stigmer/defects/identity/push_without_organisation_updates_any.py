"""A push without organisation updates the only skill of its slug, whoever owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

if TYPE_CHECKING:
    from pytest_stigmer.api.values import PushSkill

HARM = "Someone who forgets the organisation replaces a colleague's skill."
ORIGIN = "D2"


class _Guessing(SkillController):
    def identity(self, request: PushSkill) -> Identity:
        """Return the only skill of the slug where no organisation is given."""
        found = super().identity(request)
        organisations = self.index.organisations(found.slug)
        if found.org or len(organisations) != 1:
            return found
        return Identity(organisations.pop(), found.slug)
