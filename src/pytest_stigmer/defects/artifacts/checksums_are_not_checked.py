"""Nobody compares a file with its checksum."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "Instructions that were damaged on the way are run."
ORIGIN = "stigmer b070f18, zip_extractor.go: a declared checksum of 0 is not looked at"


class _Trusting(ArchiveReader):
    def check_unpacked(self, entry: Entry, size: int, crc: int, most: int) -> None:
        del crc
        super().check_unpacked(entry, size, entry.crc, most)
