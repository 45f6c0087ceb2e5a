"""Only the tag of the current version is known."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.errors import AuditNotFound
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "With the next push every older tag stops resolving."
ORIGIN = "TestSkillController_GetByReference_AuditVersions of b070f18"


class _Forgetful(ReferenceResolver):
    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        if current.spec.tag == tag:
            return current
        raise AuditNotFound.by_tag(SKILL_KIND, skill_id, tag)
