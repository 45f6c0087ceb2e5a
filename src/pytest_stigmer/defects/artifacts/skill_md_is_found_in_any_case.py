"""A file named skill.md passes for SKILL.md."""

from __future__ import annotations

from pytest_stigmer.skills.archive import SKILL_MD, ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The instructions are there on one machine and missing on the next."
ORIGIN = "stigmer b070f18, zip_extractor.go: the name is exactly SKILL.md"


class _CaseBlind(ArchiveReader):
    def find_skill_md(self, entries: list[Entry]) -> Entry:
        named = [entry for entry in entries if entry.name.upper() == SKILL_MD.upper()]
        return named[0] if named else super().find_skill_md(entries)
