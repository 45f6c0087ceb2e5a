"""Of two files named SKILL.md the second counts."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A reviewer reads the first instructions, the agent follows the second."
ORIGIN = "stigmer b070f18, zip_extractor.go: the first of two names counts"


class _LastWins(ArchiveReader):
    def check_repetition(self, entry: Entry, seen: set[bytes]) -> None:
        """Accept any repetition."""

    def find_skill_md(self, entries: list[Entry]) -> Entry:
        return super().find_skill_md(entries[::-1])
