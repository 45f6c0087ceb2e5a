"""Whatever keeps a record from being read is answered as NOT_FOUND."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.errors import StoreError
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.refusals import no_skill_with_id

HARM = (
    "A client whose skill is locked or damaged is told that it does not exist, and makes it again."
)
ORIGIN = "D11"


class _Misleading(SkillController):
    def message(self, skill_id: str) -> Any:
        try:
            return super().message(skill_id)
        except StoreError as error:
            raise no_skill_with_id(skill_id) from error
