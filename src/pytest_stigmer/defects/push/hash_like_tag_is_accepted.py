"""A tag of 64 hexadecimal digits is accepted."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import PushSkill
from pytest_stigmer.skills.controller import SkillController

HARM = "No reference can ever use that tag: it is looked up as a hash."
ORIGIN = "D19"


class _Trusting(SkillController):
    def check_push(self, request: PushSkill) -> None:
        super().check_push(replace(request, tag=""))
