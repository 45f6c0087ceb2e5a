"""The tag `latest` cannot be pushed."""

from __future__ import annotations

from pytest_stigmer.api.values import PushSkill
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.references import LATEST
from pytest_stigmer.skills.refusals import invalid_field

HARM = "Every push of a client that tags with `latest` by default fails."
ORIGIN = "D19, turned round"


class _Reserving(SkillController):
    def check_push(self, request: PushSkill) -> None:
        super().check_push(request)
        if request.tag == LATEST:
            raise invalid_field("tag", "is reserved")
