"""SKILL.md may be one byte longer than its limit."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = (
    "Instructions are accepted here that the real server cuts, so that an agent follows a text "
    "without its end."
)
ORIGIN = "stigmer b070f18, zip_extractor.go: 1048577 bytes are read as 1048576"


class _Lenient(ArchiveReader):
    def check_unpacked(self, entry: Entry, size: int, crc: int, most: int) -> None:
        super().check_unpacked(entry, size, crc, most + 1)
