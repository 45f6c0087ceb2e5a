"""Nobody compares what follows the bytes of a streamed file."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The real server cannot open the skill that was accepted here."
ORIGIN = "contract 3.8: Go checks the descriptor"

_DESCRIPTOR = 8


class _Trusting(ArchiveReader):
    @staticmethod
    def check_local(data: bytes, entry: Entry, until: int) -> None:
        if not entry.flags & _DESCRIPTOR:
            ArchiveReader.check_local(data, entry, until)
