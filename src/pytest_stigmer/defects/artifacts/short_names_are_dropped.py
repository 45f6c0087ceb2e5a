"""A name like a short one of Windows is left out, unchecked."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The stored artifact keeps the file with its bad name or its bomb."
ORIGIN = "stigmer b070f18, zip_extractor.go: SkipWindowsShortFilenames"


class _Dropping(ArchiveReader):
    def check_entries(self, entries: list[Entry]) -> None:
        super().check_entries([entry for entry in entries if "~1" not in entry.name])

    def check_others(self, data: bytes, entries: list[Entry]) -> None:
        super().check_others(data, [entry for entry in entries if "~1" not in entry.name])
