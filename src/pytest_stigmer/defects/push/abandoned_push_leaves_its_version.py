"""A push whose caller goes away between its two writes keeps the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_stigmer.api.values import SKILL_KIND, Skill
from pytest_stigmer.defects.half_done import HalfDone
from pytest_stigmer.registry.assembly import Recipe
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.frame import refuse_for_nobody

HARM = "A call that ran into its deadline leaves a version that its tag names and nobody pushed."
ORIGIN = "D52: the request's context reaches each statement by itself"


class _Abandoned(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        names = {"version_hash": skill.version_hash, "tag": skill.tag}
        self.store.save_audit(SKILL_KIND, skill.metadata.id, message, **names)
        refuse_for_nobody()
        self.store.save_resource(SKILL_KIND, skill.metadata.id, message)


def apply(recipe: Recipe) -> Recipe:
    """Keep what was written."""
    return replace(recipe, skills=_Abandoned, store=HalfDone)
