"""Names that lead outside the skill are mended in silence."""

from __future__ import annotations

from pytest_stigmer.skills.archive import SKILL_MD, ArchiveReader, cleaned_name
from pytest_stigmer.skills.zipdirectory import Entry

HARM = (
    "The stored artifact keeps the name that was checked in another form, and unpacking it "
    "writes anywhere."
)
ORIGIN = "D48, for names"


class _Cleaning(ArchiveReader):
    def check_name(self, entry: Entry) -> None:
        """Accept any name."""

    def find_skill_md(self, entries: list[Entry]) -> Entry:
        cleaned = {cleaned_name(entry.name): entry for entry in reversed(entries)}
        return cleaned.get(SKILL_MD) or super().find_skill_md(entries)
