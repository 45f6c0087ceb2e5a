"""Bytes that are not UTF-8 are replaced in SKILL.md."""

from __future__ import annotations

from pytest_stigmer.skills.archive import MAX_SKILL_MD_BYTES, ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "The instructions that are answered are not those that were pushed."
ORIGIN = "D47"


class _Mending(ArchiveReader):
    def skill_md(self, data: bytes, entry: Entry) -> str:
        content = b"".join(self.unpack(data, entry, MAX_SKILL_MD_BYTES))
        return content.decode("utf-8", "replace") if content else super().skill_md(data, entry)
