"""What an artifact must be: the rules of a pushed ZIP, in their order.

Limits, order and texts: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/storage/zip_extractor.go. The real server repairs
or trusts some of what it reads; here the same archive is refused, and each such rule says so.
"""

from __future__ import annotations

import posixpath
import re
import stat
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.zipdirectory import (
    DEFLATED,
    STORED,
    entries_of,
    find_directory,
    packed_data,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.skills.zipdirectory import Entry

SKILL_MD = "SKILL.md"
MAX_ZIP_BYTES = 100 * 1024 * 1024
MAX_TOTAL_BYTES = 500 * 1024 * 1024
MAX_RATIO = 100
MAX_FILES = 10_000
MAX_SKILL_MD_BYTES = 1024 * 1024
"""Limits: bytes packed and unpacked, unpacked bytes per packed one, entries, bytes of SKILL.md."""

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SHORT_NAME = re.compile(r"~\d")
_ORDINARY = (0, stat.S_IFREG, stat.S_IFDIR)


@dataclass(frozen=True, slots=True)
class Archive:
    """An accepted artifact: its instructions, and the whole ZIP's SHA-256 in lower-case hex."""

    skill_md: str
    version_hash: str


class ArchiveReader:
    """Reads an artifact and holds it against the rules, one method each."""

    def read(self, data: bytes) -> Archive:
        """Return what a version is made of; raise ArchiveError with the first rule it breaks."""
        self.check_zip_size(len(data))
        version_hash = sha256(data).hexdigest()
        entries = self.directory(data)
        self.check_entries(entries)
        self.check_total(entries)
        content = self.skill_md(data, self.find_skill_md(entries))
        self.check_others(data, entries)
        return Archive(content, version_hash)

    def check_zip_size(self, size: int) -> None:
        """Refuse a ZIP over the limit before anything of it is read."""
        if size > MAX_ZIP_BYTES:
            raise ArchiveError(f"ZIP file too large: {size} bytes (max: {MAX_ZIP_BYTES})")

    def directory(self, data: bytes) -> list[Entry]:
        """Return the entries; their declared number comes first, so a huge one costs nothing."""
        directory = find_directory(data)
        if directory.entries == 0:
            raise ArchiveError("ZIP file is empty")
        if directory.entries > MAX_FILES:
            raise ArchiveError(f"too many files in ZIP: {directory.entries} (max: {MAX_FILES})")
        return list(entries_of(data, directory))

    def check_entries(self, entries: list[Entry]) -> None:
        """Judge every entry by its declaration, in the directory's order."""
        seen: set[bytes] = set()
        for entry in entries:
            self.check_characters(entry)
            self.check_name(entry)
            self.check_type(entry)
            self.check_encryption(entry)
            self.check_repetition(entry, seen)
            self.check_ratio(entry)
            seen.add(entry.raw_name)

    def check_characters(self, entry: Entry) -> None:
        """Refuse control characters in a name."""
        if _CONTROL.search(entry.name):
            raise ArchiveError(f"invalid character in filename: {entry.name}")

    def check_name(self, entry: Entry) -> None:
        r"""Refuse a name that cleaning would change, and one that looks like a Windows short name.

        The real server cleans the first (`..\SKILL.md` becomes `SKILL.md`) and drops the second
        unseen, while the stored artifact keeps both as they are.
        """
        cleaned = cleaned_name(entry.name)
        if entry.name != cleaned or not cleaned:
            raise ArchiveError(f"unsafe filename: {entry.name} (it would become {cleaned!r})")
        if _SHORT_NAME.search(entry.name):
            raise ArchiveError(f"unsafe filename: {entry.name} (a Windows short name)")

    def check_type(self, entry: Entry) -> None:
        """Refuse all but files and folders.

        The real server takes a symlink's target for its content and drops devices, pipes and
        sockets unseen.
        """
        kind = stat.S_IFMT(entry.unix_mode)
        if kind == stat.S_IFLNK:
            raise ArchiveError(f"symlink in ZIP: {entry.name}")
        if kind not in _ORDINARY:
            raise ArchiveError(f"special file in ZIP: {entry.name}")

    def check_encryption(self, entry: Entry) -> None:
        """Refuse encrypted data; the real server ignores the mark and reads the cipher as text."""
        if entry.encrypted:
            raise ArchiveError(f"encrypted file in ZIP: {entry.name}")

    def check_repetition(self, entry: Entry, seen: set[bytes]) -> None:
        """Refuse a second entry of one name: some readers take the first, others the last."""
        if entry.raw_name in seen:
            raise ArchiveError(f"duplicate filename: {entry.name}")

    def check_ratio(self, entry: Entry) -> None:
        """Refuse an entry that declares to unpack to over a hundred times its size."""
        ratio = entry.size // entry.packed_size if entry.packed_size else 0
        if ratio > MAX_RATIO:
            raise ArchiveError(
                f"suspicious compression ratio in {entry.name}: {ratio}:1 (max: {MAX_RATIO}:1)"
            )

    def check_total(self, entries: list[Entry]) -> None:
        """Refuse an archive whose entries declare too many bytes together."""
        total = sum(entry.size for entry in entries)
        if total > MAX_TOTAL_BYTES:
            raise ArchiveError(
                f"total uncompressed size too large: {total} bytes (max: {MAX_TOTAL_BYTES})"
            )

    def find_skill_md(self, entries: list[Entry]) -> Entry:
        """Return the entry of the instructions: at the top, in exactly this case."""
        for entry in entries:
            if entry.name == SKILL_MD:
                return entry
        raise ArchiveError(f"{SKILL_MD} not found in ZIP archive")

    def skill_md(self, data: bytes, entry: Entry) -> str:
        """Return the instructions as they are, byte order mark and line ends included.

        One byte over the limit is too large (the real server cuts a deflated one), and bytes that
        are not UTF-8 are refused here (there they fail after the artifact is stored).
        """
        content = b"".join(self.unpack(data, entry, MAX_SKILL_MD_BYTES))
        if not content:
            raise ArchiveError(f"{SKILL_MD} is empty")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ArchiveError(f"{SKILL_MD} is not UTF-8: byte {error.start}") from None

    def check_others(self, data: bytes, entries: list[Entry]) -> None:
        """Unpack the rest piece by piece and keep nothing: a declaration that lies hides a bomb.

        The real server unpacks SKILL.md alone and trusts what the other entries declare.
        """
        for entry in entries:
            if entry.name != SKILL_MD:
                self.unpack(data, entry, MAX_TOTAL_BYTES, keep=False)

    def unpack(
        self, data: bytes, entry: Entry, most: int, *, keep: bool = True
    ) -> list[bytes | memoryview]:
        """Unpack one entry, at most one byte over `most` or its declared size, and check it."""
        if entry.method not in (STORED, DEFLATED):
            raise ArchiveError(
                f"failed to open {entry.name}: zip: unsupported compression algorithm"
            )
        pieces, size, crc = [], 0, 0
        try:
            for piece in _pieces(data, entry, min(entry.size, most) + 1):
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                if keep:
                    pieces.append(piece)
        except ArchiveError as error:
            raise ArchiveError(f"failed to read {entry.name}: {error}") from None
        self.check_unpacked(entry, size, crc, most)
        return pieces

    def check_unpacked(self, entry: Entry, size: int, crc: int, most: int) -> None:
        """Refuse content over the limit, or of another size or CRC than declared.

        The real server checks the CRC only where the declared one is not 0.
        """
        if size > most:
            raise ArchiveError(f"{entry.name} too large (max: {most} bytes)")
        if size != entry.size:
            why = "zip: not a valid zip file" if size > entry.size else "unexpected EOF"
            raise ArchiveError(f"failed to read {entry.name}: {why}")
        if crc != entry.crc:
            raise ArchiveError(f"failed to read {entry.name}: zip: checksum error")


def cleaned_name(name: str) -> str:
    r"""Return the name with `\`, `.`, `..` and doubled or leading slashes resolved."""
    cleaned = posixpath.normpath("/" + name.replace("\\", "/").lstrip("/")).lstrip("/")
    return cleaned + "/" if name.endswith(("/", "\\")) and cleaned else cleaned


def _pieces(data: bytes, entry: Entry, limit: int) -> Iterator[bytes | memoryview]:
    packed = packed_data(data, entry)
    # Some writers give an empty entry a method and no data at all, not even an end mark.
    return unpacked(packed, entry.method, limit) if packed else iter(())
