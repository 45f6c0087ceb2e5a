"""A ZIP writer that writes exactly what it is told, the lies included.

Python's own zipfile writes its platform into every entry and refuses to write a wrong size or name,
so artifacts and bad artifacts alike are packed here. Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7,
4.3.12 and 4.3.16.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STORED = 0
DEFLATED = 8

REGULAR_FILE = 0o100644
EXECUTABLE_FILE = 0o100755
SYMLINK = 0o120777
FIFO = 0o010644

ENCRYPTED_FLAG = 0x1
UTF8_FLAG = 0x800

# The first instant that a ZIP can tell: 1980-01-01 00:00:00. Real times would make equal content
# unequal bytes.
_DATE, _TIME = 0x21, 0
_UNIX_CREATOR = 3 << 8 | 20
_VERSION_NEEDED = 20

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a ZIP: its name, its bytes as they lie in the file, and what it declares.

    `body` is the content as stored (compressed already, where `method` says so). `size` and `crc`
    are those declared for the uncompressed content; None declares the truth about `body`. With
    `shared`, the entry has no bytes of its own and points at those of the entry before it.
    `local_name` is the name beside the bytes, where it is another than the directory's.
    """

    name: bytes
    body: bytes = b""
    method: int = STORED
    mode: int = REGULAR_FILE
    size: int | None = None
    crc: int | None = None
    flags: int = UTF8_FLAG
    shared: bool = False
    local_name: bytes | None = None


def file(name: str, content: str | bytes, *, mode: int = REGULAR_FILE) -> Entry:
    """Describe an honest, stored file."""
    return Entry(name.encode(), as_bytes(content), mode=mode)


def as_bytes(content: str | bytes) -> bytes:
    """Return text as UTF-8, bytes as they are."""
    return content.encode() if isinstance(content, str) else content


def pack(entries: Iterable[Entry]) -> bytes:
    """Write the entries in the given order, byte for byte the same on every platform."""
    bodies, directory = bytearray(), bytearray()
    count = start = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007
        if not entry.shared:
            start = len(bodies)
            bodies += _local_part(entry)
        directory += _central_header(entry, start) + entry.name
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(bodies), 0)
    return bytes(bodies + directory + end)


def _facts(entry: Entry, name: bytes) -> tuple[int, ...]:
    size = len(entry.body) if entry.size is None else entry.size
    crc = zlib.crc32(entry.body) if entry.crc is None else entry.crc
    stored = (crc, len(entry.body), size, len(name), 0)
    return _VERSION_NEEDED, entry.flags, entry.method, _TIME, _DATE, *stored


def _local_part(entry: Entry) -> bytes:
    name = entry.name if entry.local_name is None else entry.local_name
    return _LOCAL.pack(b"PK\3\4", *_facts(entry, name)) + name + entry.body


def _central_header(entry: Entry, start: int) -> bytes:
    tail = (0, 0, 0, entry.mode << 16, start)
    return _CENTRAL.pack(b"PK\1\2", _UNIX_CREATOR, *_facts(entry, entry.name), *tail)
