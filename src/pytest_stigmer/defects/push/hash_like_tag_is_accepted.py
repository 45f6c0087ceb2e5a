"""A tag of 64 hexadecimal digits is accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from pytest_stigmer.api.values import PushSkill

HARM = "No reference can ever use that tag: it is looked up as a hash."
ORIGIN = "D19"


class _Trusting(SkillController):
    def check_push(self, request: PushSkill) -> None:
        """Check the push as if it had no tag."""
        super().check_push(replace(request, tag=""))
