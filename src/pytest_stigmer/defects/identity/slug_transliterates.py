"""Accents are taken off instead of dropping their letters."""

from __future__ import annotations

import unicodedata

from pytest_stigmer.skills.controller import SkillController

HARM = (
    "A skill with an accent in its name gets another slug than on the real server, where its "
    "references fail."
)
ORIGIN = "D8, turned round"


class _Transliterating(SkillController):
    def slug(self, name: str) -> str:
        return super().slug(unicodedata.normalize("NFKD", name))
