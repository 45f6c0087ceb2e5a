"""A name without a slash is a file whatever its attributes say."""

from __future__ import annotations

import stat

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "7-Zip and bsdtar unpack SKILL.md as a folder, and the agent finds no instructions."
ORIGIN = "stigmer b070f18, zip_extractor.go: an entry is a file unless its name ends with a slash"


class _ByName(ArchiveReader):
    def check_type(self, entry: Entry) -> None:
        if stat.S_IFMT(entry.attributes >> 16) in (stat.S_IFLNK, stat.S_IFIFO):
            super().check_type(entry)
