"""A push looks for its skill before it has the write lock, and writes what it made of that."""

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
        identity = self.identity(request)
        self.read_archive(request.artifact)
        self._seen.current = super().current(identity)
        return super().push(request)

    def current(self, identity: Identity) -> Skill | None:
        del identity
        seen: Skill | None = self._seen.current
        return seen
