"""A push looks for its skill, unpacks the artifact, and takes the write lock only then."""

from __future__ import annotations

from functools import cached_property
from threading import local

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.controller import SkillController, Stored
from pytest_stigmer.skills.index import Identity

HARM = "Two first pushes at once make two skills; of two updates one undoes the other's scope."
ORIGIN = "D6"


class _Early(SkillController):
    @cached_property
    def _seen(self) -> local:
        return local()

    def push(self, request: PushSkill) -> Stored:
        self.check_push(request)
        self._seen.current = super().current(self.identity(request))
        return super().push(request)

    def current(self, identity: Identity) -> Skill | None:
        del identity
        seen: Skill | None = self._seen.current
        return seen
