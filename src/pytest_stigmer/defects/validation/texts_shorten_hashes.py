"""A refusal tells the first letters of a hash, as listings do."""

from __future__ import annotations

import re

from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = "What the log says was not found cannot be found in anything else."
ORIGIN = "contract 3.5: the text has the version"


class _Abbreviating(SkillEndpoint):
    def without_folder(self, text: str) -> str:
        return re.sub("([0-9a-f]{12})[0-9a-f]{52}", r"\1", super().without_folder(text))
