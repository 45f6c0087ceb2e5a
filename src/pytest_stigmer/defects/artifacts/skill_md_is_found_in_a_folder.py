"""SKILL.md is looked for in every folder."""

from __future__ import annotations

from pytest_stigmer.skills.archive import SKILL_MD, ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = (
    "A folder that was zipped instead of its content passes, and scripts are not where the "
    "instructions say."
)
ORIGIN = "TestExtractSkillMd_NoSkillMd of b070f18"


class _Searching(ArchiveReader):
    def find_skill_md(self, entries: list[Entry]) -> Entry:
        named = [entry for entry in entries if entry.name.rpartition("/")[2] == SKILL_MD]
        return named[0] if named else super().find_skill_md(entries)
