"""A push of the same content under the same tag leaves no trace."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import SKILL_KIND, Skill
from pytest_stigmer.errors import AuditNotFound
from pytest_stigmer.skills.controller import SkillController

HARM = "A repeated push leaves no trace of who made it and when, as it does on the real server."
ORIGIN = "D18, turned round"


class _Thrifty(SkillController):
    def write(self, skill: Skill, message: Any) -> None:
        try:
            newest = self.store.get_audit_by_hash(
                SKILL_KIND, skill.metadata.id, skill.version_hash, self.generation.Skill
            )
        except AuditNotFound:
            return super().write(skill, message)
        if newest.spec.tag != skill.tag:
            return super().write(skill, message)
        return self.store.save_resource(SKILL_KIND, skill.metadata.id, message)
