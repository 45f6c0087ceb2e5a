"""A push looks for its skill, unpacks the artifact, and takes the write lock only then."""

from __future__ import annotations

from threading import local
from typing import Any

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController, Stored
from pytest_stigmer.skills.index import Identity

HARM = "Two first pushes at once make two skills; of two updates one undoes the other's scope."
ORIGIN = "D6"


class _Early(SkillController):
    def __init__(self, *parts: Any, **more: Any) -> None:
        self._seen = local()
        super().__init__(*parts, **more)

    def push(self, request: PushSkill) -> Stored:
        self.check_push(request)
        self._seen.current = super().current(self.identity(request))
        return super().push(request)

    def current(self, identity: Identity) -> Skill | None:
        del identity
        seen: Skill | None = self._seen.current
        return seen
