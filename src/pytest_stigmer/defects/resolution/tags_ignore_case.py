"""Tags are compared without regard to case."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A reference to `Beta` answers with `beta`, which its author holds apart."
ORIGIN = "D19, for the case of tags"


class _CaseBlind(ReferenceResolver):
    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        if current.spec.tag.lower() == tag.lower():
            return current
        return super().by_tag(skill_id, tag, current)
