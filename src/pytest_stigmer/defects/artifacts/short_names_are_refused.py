"""A name like a short one of Windows is refused."""

from __future__ import annotations

import re

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A package such as pkg-1.0~2.deb cannot be part of a skill."
ORIGIN = "contract 3.8, held against other readers"


class _Strict(ArchiveReader):
    def check_name(self, entry: Entry) -> None:
        super().check_name(entry)
        if re.search(r"~\d", entry.name):
            raise ArchiveError(f"unsafe filename: {entry.shown} (a Windows short name)")
