"""A refusal repeats a name however long it is."""

from __future__ import annotations

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A stranger fills logs and screens with four kilobytes a line."
ORIGIN = "stigmer b070f18, zip_extractor.go: names are printed raw"


class _Talkative(ArchiveReader):
    def check_length(self, entry: Entry) -> None:
        try:
            super().check_length(entry)
        except ArchiveError as error:
            raise ArchiveError(f"filename too long: {entry.name}") from error
