"""A push may have any scope, whatever its organisation."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import SCOPE_UNSPECIFIED, PushSkill
from pytest_stigmer.skills.controller import SkillController

HARM = (
    "Skills come to be that belong to an identity account, or to an organisation without name, "
    "and that no reference can name."
)
ORIGIN = "D4"


class _Unscoped(SkillController):
    def check_push(self, request: PushSkill) -> None:
        super().check_push(replace(request, scope=SCOPE_UNSPECIFIED))
