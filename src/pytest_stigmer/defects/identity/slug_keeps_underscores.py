"""An underscore becomes a hyphen in the slug."""

from __future__ import annotations

from pytest_stigmer.skills.controller import SkillController

HARM = (
    "A skill whose name holds an underscore gets another slug than on the real server, where "
    "its references fail."
)
ORIGIN = "D7, turned round"


class _Underscored(SkillController):
    def slug(self, name: str) -> str:
        return super().slug(name.replace("_", "-"))
