"""Where everything lies in a ZIP file, so that each byte has one owner and each fact one value.

The standard library's zipfile repairs what it reads (it cuts names at NUL, takes the last of two
equal names, swaps separators), and so does every other reader in its own way; what two of them read
differently is refused here. Format: PKWARE APPNOTE 6.3.10.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.zipdirectory import NEWEST_VERSION, Entry

LOCAL = Struct("<4s5H3L2H")
LENGTHS = Struct("<2H")
"""The header beside the data, and how it ends: with the lengths of name and extra fields."""

_END = Struct("<4s4H2LH")
_END_64 = Struct("<4sQ2H2L4Q")
_LOCATOR_64 = Struct("<4sLQL")
_ENTRY = Struct("<4s6H3L5H2L")
_FIELD = Struct("<2H")
_WIDE = Struct("<Q")
_SIZES_64 = Struct("<2Q")
_DESCRIPTORS = {False: Struct("<3L"), True: Struct("<L2Q")}
_DESCRIPTOR_FLAG = 8
_FULL_16 = 0xFFFF
_FULL_32 = 0xFFFFFFFF

_ZIP64 = 1
_UNICODE_NAME = 0x7075
_UNICODE_NAME_START = 5
_HARMLESS = {
    _ZIP64: range(29),
    0x000A: range(32, 33),  # NTFS times
    0x5455: range(1, 14),  # times
    0x5855: range(8, 13),  # times and owner, old form
    0x7855: range(5),  # owner, old form
    0x7875: range(3, 36),  # owner
    0xCAFE: range(1),  # the mark of Java's jar
    _UNICODE_NAME: range(_UNICODE_NAME_START, _FULL_16),
}
"""The extra fields that honest packers write, with the lengths that they can have."""


class Directory(NamedTuple):
    """The central directory: its entries, where it lies, and how many bytes have no owner.

    `base` counts those before the ZIP or before the end record, `rest` those after its end.
    """

    entries: int
    start: int
    end: int
    base: int
    rest: int


def invalid(why: str = "") -> ArchiveError:
    """Build the refusal of bytes that are not a ZIP file."""
    return ArchiveError(f"invalid ZIP file: zip: not a valid zip file{why and ': '}{why}")


def find_directory(data: bytes) -> Directory:
    """Find the end record, the last there is, and with it the directory.

    Raises ArchiveError when there is none, or when a ZIP64 record says something else.
    """
    at = data.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(data):
        raise invalid()
    _, disk, first_disk, *sizes, comment = _END.unpack_from(data, at)
    rest = len(data) - at - _END.size - comment
    if rest < 0:
        raise invalid()
    end = at
    if data.startswith(b"PK\6\7", max(0, at - _LOCATOR_64.size)) and at >= _LOCATOR_64.size:
        end, sizes = _sizes_64(data, at, sizes)
    here, entries, length, start = sizes
    if disk or first_disk or here != entries or end - length - start < 0:
        raise invalid()
    return Directory(entries, end - length, end, end - length - start, rest)


def _sizes_64(data: bytes, end: int, narrow: list[int]) -> tuple[int, list[int]]:
    """Return where the ZIP64 record lies and what it says: no other than what the end record does.

    Readers differ in whether they look for it when the end record is complete without it.
    """
    locator = end - _LOCATOR_64.size
    at = locator - _END_64.size
    place = _LOCATOR_64.unpack_from(data, locator)[1:]
    if at < 0 or place != (0, at, 1) or not data.startswith(b"PK\6\6", at):
        raise invalid("its ZIP64 end record is not where it should be")
    _, size, _, needed, *disks_and_sizes = _END_64.unpack_from(data, at)
    wide = disks_and_sizes[2:]
    full = (_FULL_16, _FULL_16, _FULL_32, _FULL_32)
    agree = all(a in (b, most) for a, b, most in zip(narrow, wide, full, strict=True))
    if size != _END_64.size - 12 or needed > NEWEST_VERSION or any(disks_and_sizes[:2]):
        raise invalid("its ZIP64 end record is of an unknown form")
    if not agree:
        raise invalid("its two end records contradict each other")
    return at, wide


def check_place(data: bytes, directory: Directory) -> None:
    """Refuse bytes before the first entry, before the end record and after the end."""
    if directory.base and data.startswith(b"PK\1\2", directory.start):
        raise invalid(f"{directory.base} bytes before its first entry; pack the files alone")
    if directory.base:
        raise invalid(f"{directory.base} bytes between its directory and its end")
    if directory.rest:
        raise invalid(f"{directory.rest} bytes after its end; pack into a file, not into a pipe")


def entries_of(data: bytes, directory: Directory) -> list[Entry]:
    """Return the declared entries in order; raise ArchiveError unless they fill the directory."""
    at, end, entries = directory.start, directory.end, []
    for _ in range(directory.entries):
        name_start = at + _ENTRY.size
        if name_start > end or not data.startswith(b"PK\1\2", at):
            raise invalid()
        (
            _, made_by, needed, flags, method, _, _, crc, packed, size,
            name_length, extra_length, comment_length, disk, _, attributes, start,
        ) = _ENTRY.unpack_from(data, at)  # fmt: skip
        name_end = name_start + name_length
        after = name_end + extra_length + comment_length
        if after > end or disk:
            raise invalid()
        raw_name = data[name_start:name_end]
        extra = data[name_end : name_end + extra_length]
        if _FULL_32 in (size, packed, start):
            size, packed, start = _wide(extra, size, packed, start)
        name = raw_name.decode("utf-8", "replace")
        start += directory.base
        entries.append(
            Entry(
                raw_name, name, needed, flags, method, crc, packed, size,
                made_by >> 8, attributes, start, at, extra,
            )
        )  # fmt: skip
        at = after
    if at != end:
        raise invalid()
    return entries


def _wide(extra: bytes, *narrow: int) -> list[int]:
    """Fill the values that did not fit into 32 bits from the ZIP64 field, in its order."""
    field = _fields_of(extra).get(_ZIP64, b"")
    if len(field) != narrow.count(_FULL_32) * _WIDE.size:
        raise invalid()
    wide = _WIDE.iter_unpack(field)
    return [next(wide)[0] if value == _FULL_32 else value for value in narrow]


def _fields_of(extra: bytes) -> dict[int, bytes]:
    """Return the extra fields by tag; raise ArchiveError for a doubled or broken one."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + _FIELD.size <= len(extra):
        tag, length = _FIELD.unpack_from(extra, at)
        at += _FIELD.size + length
        if tag in fields:
            raise invalid("an extra field is there twice")
        fields[tag] = extra[at - length : at]
    if at != len(extra):
        raise invalid("an extra field is cut off")
    return fields


def check_local(data: bytes, entry: Entry, until: int) -> None:
    """Hold the header beside the data, and all that follows it, against the directory.

    `until` is where the next entry or the directory starts.
    """
    at, name_start = entry.start, entry.start + LOCAL.size
    name_end = name_start + len(entry.raw_name)
    if name_end > until or not data.startswith(b"PK\3\4", at):
        raise entry.unreadable("its data is not where the directory says")
    name_length, extra_length = LENGTHS.unpack_from(data, name_start - LENGTHS.size)
    if name_length != len(entry.raw_name) or not data.startswith(entry.raw_name, name_start):
        raise entry.unreadable("its two names differ")
    data_start = name_end + extra_length
    fields = _checked(entry, data[name_end:data_start]) if extra_length else {}
    if entry.extra:
        _check_wide(entry, _checked(entry, entry.extra).get(_ZIP64, b""))
    # Both headers have these fields in one order: version, flags, method, time, checksum, sizes.
    if data[at + 4 : at + 28] != data[entry.header + 6 : entry.header + 30] or _ZIP64 in fields:
        _check_fields(data, entry, fields.get(_ZIP64))
    data_end = data_start + entry.packed_size
    if data_end > until:
        raise entry.unreadable("its data overlaps what follows")
    if data_end < until or entry.flags & _DESCRIPTOR_FLAG:
        _check_end(data[data_end:until], entry, wide=_ZIP64 in fields)


def _checked(entry: Entry, extra: bytes) -> dict[int, bytes]:
    """Return the extra fields; refuse any that could change what is read."""
    fields = _fields_of(extra)
    for tag, field in fields.items():
        if len(field) not in _HARMLESS.get(tag, ()):
            raise entry.unreadable(f"its extra field 0x{tag:04x} is unknown, or of a wrong length")
        if tag == _UNICODE_NAME and field[_UNICODE_NAME_START:] != entry.raw_name:
            raise entry.unreadable("an extra field gives it another name")
    return fields


def _check_wide(entry: Entry, field: bytes) -> None:
    """Refuse a ZIP64 field of the directory with other values than the directory's own."""
    values = (entry.size, entry.packed_size, entry.start)
    wide = [int.from_bytes(field[at : at + 8], "little") for at in range(0, len(field) - 7, 8)]
    if not set(wide) <= set(values) or any(field[8 * len(wide) :]):
        raise entry.unreadable("its ZIP64 field contradicts the directory")


def _check_fields(data: bytes, entry: Entry, wide: bytes | None) -> None:
    """Refuse a local header that says something else than the directory."""
    _, needed, _, _, _, _, crc, packed, size, _, _ = LOCAL.unpack_from(data, entry.start)
    # Info-ZIP asks for ZIP64 beside a folder that does without it in the directory.
    flags_to_date = data[entry.start + 6 : entry.start + 14]
    if flags_to_date != data[entry.header + 8 : entry.header + 16] or needed > NEWEST_VERSION:
        raise entry.unreadable("its two headers differ")
    if wide is not None:
        if len(wide) != _SIZES_64.size or (packed, size) != (_FULL_32, _FULL_32):
            raise entry.unreadable("its ZIP64 field is of an unknown form")
        size, packed = _SIZES_64.unpack(wide)
    # Who streams does not know these three when the header is written; they follow the data.
    later = (0,) if entry.flags & _DESCRIPTOR_FLAG else ()
    declared = (entry.crc, entry.packed_size, entry.size)
    for found, true in zip((crc, packed, size), declared, strict=True):
        if found != true and found not in later:
            raise entry.unreadable("its two headers differ in checksum or size")


def _check_end(end: bytes, entry: Entry, *, wide: bool) -> None:
    """Refuse bytes after the data that nobody owns, and a data descriptor that is not true."""
    if not entry.flags & _DESCRIPTOR_FLAG:
        raise entry.unreadable(f"{len(end)} bytes between its data and what follows")
    expected = _DESCRIPTORS[wide].pack(entry.crc, entry.packed_size, entry.size)
    if end not in (b"PK\7\x08" + expected, expected):
        raise entry.unreadable("what follows its data states another checksum or size")
