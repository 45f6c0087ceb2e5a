"""What an artifact must be: the rules of a pushed ZIP, in their order.

Limits, order and texts: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/storage/zip_extractor.go. The real server repairs
or trusts some of what it reads; here the same archive is refused, and each such rule says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.zipdirectory import Entry, EntryRules, is_alias, named, paths_of
from pytest_stigmer.skills.zipdirectory import cleaned_name as cleaned_name  # noqa: PLC0414
from pytest_stigmer.skills.ziplayout import (
    LENGTHS,
    LOCAL,
    check_local,
    check_place,
    entries_of,
    find_directory,
)

STORED = 0
DEFLATED = 8
"""The two methods that every reader knows."""

SKILL_MD = "SKILL.md"
MAX_ZIP_BYTES = 100 * 1024 * 1024
MAX_TOTAL_BYTES = 500 * 1024 * 1024
MAX_FILES = 10_000
MAX_SKILL_MD_BYTES = 1024 * 1024
"""Limits: bytes packed and unpacked, entries, bytes of SKILL.md."""

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Archive:
    """An accepted artifact: its instructions, and the whole ZIP's SHA-256 in lower-case hex."""

    skill_md: str
    version_hash: str


class ArchiveReader(EntryRules):
    """Reads an artifact and holds it against the rules, one method each.

    What is accepted has one reading: whichever program unpacks it finds the same names, files and
    folders with the same content.
    """

    check_place = staticmethod(check_place)
    check_local = staticmethod(check_local)

    def read(self, data: bytes) -> Archive:
        """Return what a version is made of; raise ArchiveError with the first rule it breaks."""
        self.check_zip_size(len(data))
        version_hash = sha256(data).hexdigest()
        entries = self.directory(data)
        self.check_entries(entries)
        self.check_total(entries)
        skill_md = self.find_skill_md(entries)
        self.check_paths(entries)
        self.check_layout(data, entries)
        content = self.skill_md(data, skill_md)
        self.check_others(data, entries)
        return Archive(content, version_hash)

    def check_zip_size(self, size: int) -> None:
        """Refuse a ZIP over the limit before anything of it is read."""
        if size > MAX_ZIP_BYTES:
            raise ArchiveError(f"ZIP file too large: {size} bytes (max: {MAX_ZIP_BYTES})")

    def directory(self, data: bytes) -> list[Entry]:
        """Return the entries; their declared number comes first, so a huge one costs nothing."""
        directory = find_directory(data)
        self.check_place(data, directory)
        self.check_number(directory.entries)
        return entries_of(data, directory)

    def check_number(self, entries: int) -> None:
        """Refuse an archive of no entries, and of more than a disk wants."""
        if entries == 0:
            raise ArchiveError("ZIP file is empty")
        if entries > MAX_FILES:
            raise ArchiveError(f"too many files in ZIP: {entries} (max: {MAX_FILES})")

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

    def check_paths(self, entries: list[Entry]) -> None:
        """Refuse entries that cannot be unpacked together: one is written over, or not at all."""
        paths = paths_of(entries)
        for path, following in pairwise(paths):
            if (
                following[len(path) : len(path) + 1] == "\0"
                and following.startswith(path)
                and path[-1:] != "\0"
            ):
                raise ArchiveError(f"file and folder of one name in ZIP: {named(path)}")
        for path in paths:
            if is_alias(path, SKILL_MD):
                raise ArchiveError(
                    f"second {SKILL_MD} in ZIP: {named(path)} (macOS or Windows unpack both as one)"
                )

    def check_layout(self, data: bytes, entries: list[Entry]) -> None:
        """Refuse bytes that belong to nobody or to two, and headers that contradict each other."""
        ordered = sorted(entries, key=attrgetter("start"))
        if ordered[0].start:
            raise ordered[0].unreadable("bytes before its data")
        ends = [*(entry.start for entry in ordered[1:]), entries[0].header]
        for entry, until in zip(ordered, ends, strict=True):
            self.check_local(data, entry, until)

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
                f"failed to open {entry.shown}: zip: unsupported compression algorithm"
            )
        pieces, size, crc = [], 0, 0
        try:
            for piece in _pieces(data, entry, min(entry.size, most) + 1):
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                if keep:
                    pieces.append(piece)
        except ArchiveError as error:
            raise ArchiveError(f"failed to read {entry.shown}: {error}") from None
        self.check_unpacked(entry, size, crc, most)
        return pieces

    def check_unpacked(self, entry: Entry, size: int, crc: int, most: int) -> None:
        """Refuse content over the limit, or of another size or CRC than declared.

        The real server checks the CRC only where the declared one is not 0.
        """
        if size > most:
            raise ArchiveError(f"{entry.shown} too large (max: {most} bytes)")
        if size != entry.size:
            why = "zip: not a valid zip file" if size > entry.size else "unexpected EOF"
            raise ArchiveError(f"failed to read {entry.shown}: {why}")
        if crc != entry.crc:
            raise ArchiveError(f"failed to read {entry.shown}: zip: checksum error")


def _pieces(data: bytes, entry: Entry, limit: int) -> Iterable[bytes | memoryview]:
    """Return the unpacked data in pieces, at most `limit` bytes in all.

    Raises ArchiveError, now or while it is read, for a corrupt or unfinished stream, and for bytes
    after its end: they would only make the ratio look harmless.
    """
    start = entry.start + LOCAL.size
    name_length, extra_length = LENGTHS.unpack_from(data, start - LENGTHS.size)
    start += name_length + extra_length
    packed: bytes | memoryview
    if start + entry.packed_size > len(data):
        raise ArchiveError("unexpected EOF")
    if entry.packed_size <= _CHUNK:
        packed = data[start : start + entry.packed_size]
    else:
        packed = memoryview(data)[start : start + entry.packed_size]
    if entry.method == STORED:
        return (packed[:limit],)
    # Some writers give a folder a method and no data at all, not even an end mark.
    return _inflated(packed, limit) if packed or not entry.is_folder else ()


def _inflated(packed: bytes | memoryview, limit: int) -> Iterator[bytes]:
    stream, fed, left = zlib.decompressobj(-zlib.MAX_WBITS), 0, limit
    while left > 0 and not stream.eof:
        # Fed piece by piece: zlib copies what it has not consumed at every call.
        piece_in = stream.unconsumed_tail or packed[fed : fed + _CHUNK]
        fed += 0 if stream.unconsumed_tail else len(piece_in)
        try:
            piece = stream.decompress(piece_in, min(left, _CHUNK))
        except zlib.error:
            raise ArchiveError("flate: corrupt input") from None
        if not piece and not piece_in:
            raise ArchiveError("unexpected EOF")
        left -= len(piece)
        yield piece
    if stream.eof and (stream.unused_data or fed < len(packed)):
        raise ArchiveError("zip: not a valid zip file: bytes after its compressed data")
