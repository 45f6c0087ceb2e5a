"""Of two archives in one file the first counts."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "What a reviewer unpacks is the second, what the registry answers the first."
ORIGIN = "contract 3.8: what Go and 7-Zip do, by the offset of the directory"


class _First(ArchiveReader):
    def directory(self, data: bytes) -> list[Entry]:
        end = data.find(b"PK\5\6") + 22
        return super().directory(data[: end + int.from_bytes(data[end - 2 : end], "little")])
