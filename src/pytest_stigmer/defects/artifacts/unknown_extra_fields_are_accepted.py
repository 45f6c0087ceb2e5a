"""Extra fields may say anything."""

from __future__ import annotations

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A field gives the file another name, and bsdtar writes it over SKILL.md."
ORIGIN = "stigmer b070f18, zip_extractor.go: extra fields are not looked at"


class _Lenient(ArchiveReader):
    @staticmethod
    def check_local(data: bytes, entry: Entry, until: int) -> None:
        try:
            ArchiveReader.check_local(data, entry, until)
        except ArchiveError as error:
            if "extra field" not in str(error):
                raise
