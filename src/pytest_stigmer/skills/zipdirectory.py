"""A ZIP file's central directory, and the data it points to, read without trusting either.

The standard library's zipfile repairs what it reads (it cuts names at NUL, takes the last of two
equal names, swaps separators), so the little that the archive rules need is read here.
Format: PKWARE APPNOTE 6.3.10; what the real server's reader accepts: Go's archive/zip.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from pytest_stigmer.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED = 0
DEFLATED = 8

_END = Struct("<4s4H2LH")
_END_64 = Struct("<4sQ2H2L4Q")
_LOCATOR_64_SIZE = 20
_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_FIELD = Struct("<2H")
_WIDE = Struct("<Q")
_MAX_COMMENT = 0xFFFF
_FULL_16 = 0xFFFF
_FULL_32 = 0xFFFFFFFF
_ZIP64_FIELD = 1
_ENCRYPTED = 1
_UNIX_CREATORS = (3, 19)
_CHUNK = 64 * 1024


class Directory(NamedTuple):
    """The central directory: entries, first byte, length, and how many bytes precede the ZIP."""

    entries: int
    start: int
    length: int
    base: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as declared; sizes in bytes, `start` is where its local header lies."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    creator: int
    attributes: int
    start: int

    @property
    def name(self) -> str:
        """The name as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.raw_name.decode("utf-8", "replace")

    @property
    def encrypted(self) -> bool:
        """Whether the data is marked as encrypted."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def unix_mode(self) -> int:
        """File type and permission bits; 0 where the creating system has none."""
        return self.attributes >> 16 if self.creator in _UNIX_CREATORS else 0


def invalid() -> ArchiveError:
    """Build the refusal of bytes that are not a ZIP file."""
    return ArchiveError("invalid ZIP file: zip: not a valid zip file")


def find_directory(data: bytes) -> Directory:
    """Find the end record and with it the directory; raise ArchiveError when there is none.

    Bytes before and after the ZIP are accepted, as the real server accepts them: they change
    nothing in what the directory says, and self-extracting archives carry them.
    """
    at = data.rfind(
        b"PK\5\6", max(0, len(data) - _MAX_COMMENT - _END.size), len(data) - _END.size + 4
    )
    if at < 0 or at + _END.size > len(data):
        raise invalid()
    _, _, _, _, entries, length, start, comment = _END.unpack_from(data, at)
    if at + _END.size + comment > len(data):
        raise invalid()
    wide = (
        _find_directory_64(data, at) if entries == _FULL_16 or _FULL_32 in (length, start) else None
    )
    end, entries, length, start = wide or (at, entries, length, start)
    base = end - length - start
    if base < 0:
        raise invalid()
    return Directory(entries, base + start, length, base)


def _find_directory_64(data: bytes, end: int) -> tuple[int, int, int, int] | None:
    locator = end - _LOCATOR_64_SIZE
    # The record's own offset is off by whatever precedes the ZIP, its distance to the locator is
    # not.
    at = locator - _END_64.size
    if at < 0 or data[locator : locator + 4] != b"PK\6\7" or data[at : at + 4] != b"PK\6\6":
        return None
    *_, entries, length, start = _END_64.unpack_from(data, at)
    return at, entries, length, start


def entries_of(data: bytes, directory: Directory) -> Iterator[Entry]:
    """Yield the declared entries in order; raise ArchiveError unless all are there."""
    at, end = directory.start, directory.start + directory.length
    for _ in range(directory.entries):
        entry, at = _entry_at(data, at, directory.base, end)
        yield entry
    # A directory that is longer than its entries would hide some from one reader and not from
    # another.
    if at != end:
        raise invalid()


def _entry_at(data: bytes, at: int, base: int, end: int) -> tuple[Entry, int]:
    if at + _ENTRY.size > end or not data.startswith(b"PK\1\2", at):
        raise invalid()
    fields = _ENTRY.unpack_from(data, at)
    _, made_by, _, flags, method, _, _, crc, packed, size = fields[:10]
    name_length, extra_length, comment_length, _, _, attributes, start = fields[10:]
    name_end = at + _ENTRY.size + name_length
    extra_end = name_end + extra_length
    after = extra_end + comment_length
    if after > end:
        raise invalid()
    if _FULL_32 in (size, packed, start):
        size, packed, start = _wide(data[name_end:extra_end], size, packed, start)
    raw_name = data[at + _ENTRY.size : name_end]
    creator = made_by >> 8
    return (
        Entry(raw_name, flags, method, crc, packed, size, creator, attributes, base + start),
        after,
    )


def _wide(extra: bytes, *narrow: int) -> list[int]:
    """Fill the values that did not fit into 32 bits from the ZIP64 field, in its order."""
    field = _extra_field(extra, _ZIP64_FIELD)
    missing = narrow.count(_FULL_32)
    if len(field) < missing * _WIDE.size:
        raise invalid()
    wide = _WIDE.iter_unpack(field[: missing * _WIDE.size])
    return [next(wide)[0] if value == _FULL_32 else value for value in narrow]


def _extra_field(extra: bytes, wanted: int) -> bytes:
    at = 0
    while at + _FIELD.size <= len(extra):
        tag, length = _FIELD.unpack_from(extra, at)
        at += _FIELD.size + length
        if tag == wanted:
            return extra[at - length : at]
    return b""


def packed_data(data: bytes, entry: Entry) -> memoryview:
    """Return an entry's data as it lies in the file; raise ArchiveError without a local header.

    The local header must carry the directory's name: extractors differ in which of the two they
    follow.
    """
    if entry.start + _LOCAL.size > len(data) or not data.startswith(b"PK\3\4", entry.start):
        raise ArchiveError("zip: not a valid zip file")
    *_, name_length, extra_length = _LOCAL.unpack_from(data, entry.start)
    name_start = entry.start + _LOCAL.size
    if data[name_start : name_start + name_length] != entry.raw_name:
        raise ArchiveError("zip: not a valid zip file: its two names differ")
    start = name_start + name_length + extra_length
    if start + entry.packed_size > len(data):
        raise ArchiveError("unexpected EOF")
    return memoryview(data)[start : start + entry.packed_size]


def unpacked(packed: memoryview, method: int, limit: int) -> Iterator[bytes | memoryview]:
    """Yield the unpacked data in pieces, at most `limit` bytes in all.

    Raises ArchiveError for a method other than stored and deflated, a corrupt or unfinished stream,
    and for bytes after its end: they would only make the ratio look harmless.
    """
    if method == STORED:
        yield packed[:limit]
    elif method == DEFLATED:
        yield from _inflated(packed, limit)
    else:
        raise ArchiveError("zip: unsupported compression algorithm")


def _inflated(packed: memoryview, limit: int) -> Iterator[bytes]:
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
