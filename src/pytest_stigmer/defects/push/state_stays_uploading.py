"""A pushed skill never becomes ready."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import PushSkill, Skill
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity

HARM = "Clients that wait for a skill to be ready wait for ever."
ORIGIN = "stigmer b070f18, push.go: the state is always READY"

_UPLOADING = 1


class _Waiting(SkillController):
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        made = super().next_version(request, identity, archive, key, current)
        return replace(made, state=_UPLOADING)
