"""A deletion whose caller goes away between its two statements keeps the first."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.defects.half_done import HalfDone
from pytest_stigmer.registry.assembly import Recipe
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.frame import refuse_for_nobody

HARM = "A deletion that is given up takes every pinned version and leaves the skill."
ORIGIN = "D34: the request's context reaches each statement by itself"


class _Abandoned(SkillController):
    def remove(self, skill_id: str) -> None:
        self.store.delete_audit_by_resource_id(SKILL_KIND, skill_id)
        refuse_for_nobody()
        self.store.delete_resource(SKILL_KIND, skill_id)


def apply(recipe: Recipe) -> Recipe:
    """Keep what was removed."""
    return replace(recipe, skills=_Abandoned, store=HalfDone)
