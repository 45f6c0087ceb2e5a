"""Skill artifacts, small valid ZIPs that are a pure function of their content, and their writer.

The writer writes exactly what it is told, the lies included: Python's own zipfile writes its
platform into every entry and refuses to write a wrong size or name, so artifacts and bad artifacts
alike are packed here. Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.14 to 4.3.16.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pytest_stigmer.errors import UsageError

SKILL_MD = "SKILL.md"
"""The one file that every artifact must hold."""

DEFAULT_SKILL_MD = """\
---
name: calculator
description: Adds, subtracts, multiplies and divides two numbers.
---

# Calculator

Run `scripts/run.sh LEFT OPERATOR RIGHT` and report the number it prints.
"""

DEFAULT_FILES: Mapping[str, str] = {"scripts/run.sh": '#!/bin/sh\nexpr "$1" "$2" "$3"\n'}

_SCRIPT_ENDINGS = (".sh", ".py", ".bash", ".js", ".rb")

STORED = 0
DEFLATED = 8

REGULAR_FILE = 0o100644
EXECUTABLE_FILE = 0o100755
FOLDER = 0o040755
SYMLINK = 0o120777
FIFO = 0o010644

ENCRYPTED_FLAG = 0x1
DESCRIPTOR_FLAG = 0x8
UTF8_FLAG = 0x800

# The first instant that a ZIP can tell: 1980-01-01 00:00:00. Real times would make equal content
# unequal bytes.
_STAMP = 0x21 << 16
_UNIX = 3
_VERSION = 20

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_CHECKED = struct.Struct("<4s3L")
_ZIP64_VERSION = 45
_FULL_32 = 0xFFFFFFFF


def artifact(
    *, skill_md: str | bytes = DEFAULT_SKILL_MD, files: Mapping[str, str | bytes] | None = None
) -> bytes:
    """Return a valid skill ZIP: SKILL.md first, then `files` by name, scripts executable.

    Equal arguments give equal bytes, hence one version hash, on every platform: timestamps, order
    and attributes are fixed, and the content is stored rather than deflated, because zlib builds
    differ in what they emit. `files` maps relative paths to text (written as UTF-8) or bytes; None
    means one example script. Raises UsageError when it names SKILL.md too.
    """
    extra = DEFAULT_FILES if files is None else files
    if SKILL_MD in extra:
        raise UsageError(f"files names {SKILL_MD}: give its text as skill_md=...")
    return _packed(skill_md, tuple(sorted(extra.items())))


# A proof pushes the same few artifacts to every defective registry; the largest are ten megabytes.
@functools.lru_cache(maxsize=4)
def _packed(skill_md: str | bytes, files: tuple[tuple[str, str | bytes], ...]) -> bytes:
    first = file(SKILL_MD, skill_md)
    rest = [file(name, content, mode=_mode(name)) for name, content in files]
    return pack([first, *rest])


def _mode(name: str) -> int:
    is_script = name.startswith("scripts/") or name.endswith(_SCRIPT_ENDINGS)
    return EXECUTABLE_FILE if is_script else REGULAR_FILE


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a ZIP: its name, its bytes as they lie in the file, and what it declares.

    `body` is the content as stored (compressed already, where `method` says so). `size` and `crc`
    are those declared for the uncompressed content; None declares the truth about `body`. With
    `shared`, the entry has no bytes of its own and points at those of the entry before it.
    `local` is what the header beside the bytes says, where it is something else than the
    directory's, and `local_name` its name. `mode` and `dos` are the attributes of Unix and DOS,
    `creator` the system that claims to have written them; `after` follows the bytes. With `wide`,
    a ZIP64 field among `extra` has the sizes. `stamp` has the date above the time, as DOS has them.
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
    local: Entry | None = None
    extra: bytes = b""
    comment: bytes = b""
    after: bytes = b""
    needed: int = _VERSION
    creator: int = _UNIX
    dos: int = 0
    wide: bool = False
    stamp: int = _STAMP


def file(name: str, content: str | bytes, *, mode: int = REGULAR_FILE) -> Entry:
    """Describe an honest, stored file."""
    return Entry(name.encode(), as_bytes(content), mode=mode)


def as_bytes(content: str | bytes) -> bytes:
    """Return text as UTF-8, bytes as they are."""
    return content.encode() if isinstance(content, str) else content


def field(tag: int, content: bytes) -> bytes:
    """Return an extra field."""
    return struct.pack("<2H", tag, len(content)) + content


def descriptor(entry: Entry, *, crc: int | None = None) -> Entry:
    """Let checksum and sizes follow the bytes, as who streams must; `crc` is another checksum."""
    flags = entry.flags | DESCRIPTOR_FLAG
    facts = _CHECKED.pack(
        b"PK\7\x08", *_checked(replace(entry, crc=entry.crc if crc is None else crc))
    )
    return replace(entry, flags=flags, after=facts)


def pack(entries: Iterable[Entry], *, comment: bytes = b"", turned: bool = False) -> bytes:
    """Write the entries in the given order, byte for byte the same on every platform.

    With `turned` the directory names them in the opposite order.
    """
    bodies, listed = bytearray(), list[bytes]()
    count = start = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007
        if not entry.shared:
            start = len(bodies)
            bodies += _local_part(entry)
        header = _central_header(entry, start) + entry.name + entry.extra + entry.comment
        listed.append(header)
    directory = b"".join(reversed(listed) if turned else listed)
    sizes = (len(directory), len(bodies), len(comment))
    return bytes(bodies + directory + _END.pack(b"PK\5\6", 0, 0, count, count, *sizes) + comment)


def zip64(data: bytes, *said: int) -> bytes:
    """Add ZIP64 records to an archive without a comment.

    They say what the end record does, unless `said` is another number of entries, length and start
    of the directory.
    """
    *_, entries, length, start, _ = _END.unpack(data[-_END.size :])
    at = len(data) - _END.size
    entries, *place = said or (entries, length, start)
    versions = (_ZIP64_VERSION, _ZIP64_VERSION)
    record = _END_64.pack(b"PK\6\6", 44, *versions, 0, 0, entries, entries, *place)
    return data[:at] + record + _LOCATOR_64.pack(b"PK\6\7", 0, at, 1) + data[at:]


def _checked(entry: Entry) -> tuple[int, int, int]:
    size = len(entry.body) if entry.size is None else entry.size
    crc = zlib.crc32(entry.body) if entry.crc is None else entry.crc
    return (crc, _FULL_32, _FULL_32) if entry.wide else (crc, len(entry.body), size)


def _facts(entry: Entry, name: bytes) -> tuple[int, ...]:
    lengths = (len(name), len(entry.extra))
    told = (entry.needed, entry.flags, entry.method, entry.stamp & 0xFFFF, entry.stamp >> 16)
    return (*told, *_checked(entry), *lengths)


def _local_part(entry: Entry) -> bytes:
    said = entry.local or entry
    name = said.name if entry.local_name is None else entry.local_name
    facts = list(_facts(said, name))
    if said.flags & DESCRIPTOR_FLAG and entry.local is None:
        facts[5:8] = (0, 0, 0)
    header = _LOCAL.pack(b"PK\3\4", *facts) + name + said.extra
    return header + entry.body + entry.after


def _central_header(entry: Entry, start: int) -> bytes:
    made_by = entry.creator << 8 | _VERSION
    tail = (len(entry.comment), 0, 0, entry.mode << 16 | entry.dos, start)
    return _CENTRAL.pack(b"PK\1\2", made_by, *_facts(entry, entry.name), *tail)
