"""The tag `latest` cannot be pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.references import LATEST
from pytest_stigmer.skills.refusals import invalid_field

if TYPE_CHECKING:
    from pytest_stigmer.api.values import PushSkill

HARM = "Every push of a client that tags with `latest` by default fails."
ORIGIN = "D19, turned round"


class _Reserving(SkillController):
    def check_push(self, request: PushSkill) -> None:
        """Refuse the reserved tag too."""
        super().check_push(request)
        if request.tag == LATEST:
            raise invalid_field("tag", "is reserved")
