"""ZIP64 records are looked for only when the end record is full."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "Python and bsdtar unpack a directory hidden in a comment, and honest records are refused."
ORIGIN = "contract 3.8, held against other readers"

_LOCATOR_SIZE = 20


class _Late(ArchiveReader):
    def directory(self, data: bytes) -> list[Entry]:
        at = data.rfind(b"PK\5\6")
        if at >= _LOCATOR_SIZE and b"\xff" * 4 not in data[at + 12 : at + 20]:
            place = at - _LOCATOR_SIZE
            data = (
                data[:place]
                + data[place : place + 4].replace(b"PK\6\7", bytes(4))
                + data[place + 4 :]
            )
        return super().directory(data)
