"""A skill may come without a word of instructions."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "An agent gets a skill and is told nothing about it."
ORIGIN = "TestExtractSkillMd_EmptySkillMd of b070f18"


class _Lenient(ArchiveReader):
    def skill_md(self, data: bytes, entry: Entry) -> str:
        return super().skill_md(data, entry) if entry.size else ""
