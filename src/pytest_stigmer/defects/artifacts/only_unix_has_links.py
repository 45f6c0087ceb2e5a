"""A link counts as one only where a Unix or macOS claims to have written it."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The entry is checked as a file, and unzip or 7-Zip make a link of it, SKILL.md included."
ORIGIN = "stigmer b070f18, zip_extractor.go: the mode of Unix and macOS creators alone"


class _UnixAlone(ArchiveReader):
    def check_type(self, entry: Entry) -> None:
        if entry.unix_mode:
            super().check_type(entry)
