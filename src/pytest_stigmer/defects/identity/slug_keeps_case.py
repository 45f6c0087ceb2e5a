"""Names that differ in case alone are different skills."""

from __future__ import annotations

import re

from pytest_stigmer.skills.controller import SkillController

HARM = (
    "Updating `calculator` leaves `Calculator` as it was, and users of either see half of the "
    "versions."
)
ORIGIN = "stigmer b070f18, slug.go: lower case first"


class _CaseSensitive(SkillController):
    def slug(self, name: str) -> str:
        kept = re.sub("[^A-Za-z0-9-]", "", name.replace(" ", "-"))
        return re.sub("-+", "-", kept).strip("-")
