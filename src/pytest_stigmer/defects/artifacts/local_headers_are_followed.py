"""A file is unpacked as the header beside its bytes declares it."""

from __future__ import annotations

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry
from pytest_stigmer.skills.ziplayout import LOCAL

HARM = "Who looks at the directory approves of one text, and the agent follows another."
ORIGIN = "contract 3.8: what Info-ZIP unzip does, with exit code 0"


class _Following(ArchiveReader):
    @staticmethod
    def check_local(data: bytes, entry: Entry, until: int) -> None:
        """Accept what the directory says of other programs."""

    def directory(self, data: bytes) -> list[Entry]:
        entries = []
        for entry in super().directory(data):
            _, _, flags, method, _, _, crc, packed, size, _, _ = LOCAL.unpack_from(
                data, entry.start
            )
            later = {} if flags & 8 else {"crc": crc, "packed_size": packed, "size": size}
            entries.append(entry._replace(flags=flags, method=method, **later))
        return entries
