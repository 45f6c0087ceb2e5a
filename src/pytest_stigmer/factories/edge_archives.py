"""Archives one step away from the bound of a rule: a number more or less, a bit, a byte.

The bad ones are refused by the reference, and each has an honest neighbour on the other side of its
bound. Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.9, 4.3.12, 4.3.14 to 4.3.16 and 4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import Entry
from pytest_stigmer.factories.flaws import BadArtifact, beside_good, deflated

Kind = tuple[str, Callable[[], bytes]]

FILE = zips.file("data.bin", "data")
PACKED = deflated("data.bin", 1000)
SIZES = struct.pack("<2Q", 4, 4)
START = len(beside_good(FILE)[: beside_good(FILE).rindex(b"PK\3\4")])
_NOT_VALID = "zip: not a valid zip file"
FULL_32 = 0xFFFFFFFF
_END, ENTRY, _LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"
END_64, _LOCATOR_64 = b"PK\6\6", b"PK\6\7"

LENGTHS_OF_FIELDS = {
    0x000A: (32, 32),
    0x5455: (1, 13),
    0x5855: (8, 12),
    0x7855: (0, 4),
    0x7875: (3, 35),
    0xCAFE: (0, 0),
}
"""The shortest and the longest content of the extra fields that honest packers write."""


def edges_of_archives() -> Iterator[BadArtifact]:
    """Yield the archives whose records say a little too much or too little."""
    for group, harm, text in (
        (_numbers, "programs that repair it differ in what they find", _NOT_VALID),
        (_numbers_64, "programs differ in whether they look at the wide records", _NOT_VALID),
        (_headers, "one program follows the directory, another the header", _NOT_VALID),
        (_fields, "a program that knows the field reads something else", _NOT_VALID),
        (_descriptors, "who reads it as a stream finds another file", _NOT_VALID),
        (_contents, "its content is not what the directory declares", "data.bin: "),
    ):
        for kind, build in group():
            yield BadArtifact(kind, harm, text, build)


def turned(data: bytes, record: bytes, at: int, size: int, by: int = 1) -> bytes:
    """Add to a little-endian number of the last such record."""
    at += data.rindex(record)
    number = int.from_bytes(data[at : at + size], "little") + by
    return data[:at] + number.to_bytes(size, "little") + data[at + size :]


def _numbers() -> Iterator[Kind]:
    plain = beside_good(replace(FILE, comment=b"c"))
    for kind, place in {
        "end_on_another_disk": (_END, 4, 2, 1),
        "directory_on_another_disk": (_END, 6, 2, 1),
        "fewer_entries_here_than_in_all": (_END, 8, 2, -1),
        "one_entry_more": (_END, 8, 4, 0x10001),
        "one_entry_fewer": (_END, 8, 4, -0x10001),
        "longer_directory": (_END, 12, 4, 1),
        "earlier_directory": (_END, 16, 4, -1),
        "longer_comment": (_END, 20, 2, 1),
        "more_entries_here_than_in_all": (_END, 8, 2, 1),
        "entry_with_a_shorter_comment": (ENTRY, 32, 2, -1),
        "entry_on_another_disk": (ENTRY, 34, 2, 1),
        "no_entry_mark": (ENTRY, 0, 1, 1),
    }.items():
        yield kind, partial(turned, plain, *place)
    yield "byte_before", lambda: b"\0" + plain
    yield "byte_after", lambda: plain + b"\0"
    yield "byte_missing", lambda: plain[:-1]
    yield "byte_between", partial(beside_good, replace(FILE, after=b"\0"))


def _numbers_64() -> Iterator[Kind]:
    whole = zips.zip64(beside_good(FILE))
    for kind, place in {
        "locator_of_another_disk": (_LOCATOR_64, 4, 4, 1),
        "locator_leads_before": (_LOCATOR_64, 8, 8, -1),
        "shorter_wide_end": (END_64, 4, 8, -1),
        "wide_end_of_a_later_version": (END_64, 14, 2, 1),
        "wide_directory_on_another_disk": (END_64, 20, 4, 1),
        "more_wide_entries": (END_64, 32, 8, 1),
        "longer_wide_end": (END_64, 4, 8, 1),
    }.items():
        yield kind, partial(turned, whole, *place)
    full = without_numbers(whole)
    yield "wide_start_alone_is_later", partial(turned, full, END_64, 48, 8)


def without_numbers(wide: bytes) -> bytes:
    """Let the end record say nothing, as where the numbers do not fit into it."""
    return wide[:-14] + b"\xff" * 12 + b"\0\0"


def _headers() -> Iterator[Kind]:
    for name, at, size in (
        ("flags", 6, 2),
        ("mark", 0, 1),
        ("date", 12, 2),
        ("checksum", 14, 4),
        ("size", 22, 4),
        ("name_length", 26, 2),
    ):
        yield f"another_{name}_beside", partial(turned, beside_good(PACKED), _LOCAL, at, size)
    shorter = partial(turned, beside_good(PACKED), _LOCAL, 26, 2, -1)
    yield "shorter_name_beside", shorter
    untold = replace(FILE, local=replace(FILE, crc=0, size=0))
    yield "nothing_told_beside", partial(beside_good, untold)
    later = replace(FILE, local=replace(FILE, needed=46))
    yield "later_version_beside", partial(beside_good, later)
    yield "packed_one_less", partial(turned, beside_good(PACKED), ENTRY, 20, 4, -1)


def _fields() -> Iterator[Kind]:
    for tag, (shortest, longest) in LENGTHS_OF_FIELDS.items():
        for length in sorted({shortest - 1, longest + 1} - {-1}):
            field = zips.field(tag, bytes(length))
            yield f"extra_field_{tag:04x}_of_{length}", _with(field)
    yield "extra_field_cut", _with(bytes(1))
    yield "extra_field_cut_in_its_content", _with(zips.field(0x7855, bytes(4))[:-1])
    yield "extra_field_twice", _with(zips.field(0xCAFE, b"") * 2)
    beside = replace(FILE, local=replace(FILE, extra=zips.field(0xFEED, b"?")))
    yield "unknown_extra_field_beside", partial(beside_good, beside)
    for kind, content in {
        "wide_field_with_a_high_byte": struct.pack("<2Q", 4 + (1 << 56), 4),
        "wide_field_with_a_disk": SIZES + struct.pack("<QL", START, 1),
        "wide_field_of_23": SIZES + struct.pack("<Q", START)[:7],
        "wide_field_of_29": SIZES + struct.pack("<Q", START) + bytes(5),
    }.items():
        yield kind, partial(beside_good, narrow(content))
    for kind, content in {
        "three_wide_sizes_of_two": SIZES + SIZES[:8],
        "no_wide_size": b"",
    }.items():
        yield kind, partial(beside_good, replace(wide(content), local=wide()))
    for kind, content in {
        "one_wide_size_beside": SIZES[:8],
        "three_wide_sizes_beside": SIZES + SIZES[:8],
        "another_wide_size_beside": struct.pack("<2Q", 5, 4),
    }.items():
        yield kind, partial(beside_good, replace(FILE, local=wide(content)))
    idle = replace(wide(), wide=False)
    yield "wide_field_beside_for_nothing", partial(beside_good, replace(FILE, local=idle))


def wide(content: bytes = SIZES) -> Entry:
    """Let a ZIP64 field hold the sizes of the file: unpacked, then packed."""
    return replace(FILE, wide=True, extra=zips.field(1, content))


def _with(extra: bytes) -> Callable[[], bytes]:
    """Return what builds an archive with extra fields in both headers."""
    return partial(beside_good, replace(FILE, extra=extra))


def _descriptors() -> Iterator[Kind]:
    streamed = zips.descriptor(PACKED)
    crc, packed, size = zlib.crc32(b"a" * 1000), len(PACKED.body), 1000
    signed = b"PK\7\x08"
    for kind, after in {
        "no_descriptor": b"",
        "descriptor_and_a_byte": streamed.after + b"\0",
        "descriptor_with_another_packed_size": signed + struct.pack("<3L", crc, packed + 1, size),
        "wide_descriptor_of_narrow_sizes": signed + struct.pack("<L2Q", crc, packed, size),
    }.items():
        yield kind, partial(beside_good, replace(streamed, after=after))
    unmarked = replace(streamed, flags=PACKED.flags)
    yield "descriptor_without_its_flag", partial(beside_good, unmarked)
    told = replace(streamed, after=streamed.after, local=replace(streamed, crc=crc ^ 1))
    yield "another_checksum_before_a_descriptor", partial(beside_good, told)
    told = replace(told, local=replace(streamed, size=size - 1))
    yield "another_size_before_a_descriptor", partial(beside_good, told)


def _contents() -> Iterator[Kind]:
    yield "deflated_data_cut", partial(beside_good, replace(PACKED, body=PACKED.body[:-1]))
    yield (
        "deflated_file_without_data",
        partial(beside_good, replace(PACKED, body=b"", size=0, crc=0)),
    )
    later = zips.field(0x7075, struct.pack("<BL", 1, zlib.crc32(FILE.name)) + b"data.txt")
    yield "unicode_name_of_another_file", partial(beside_good, replace(FILE, extra=later))
    yield "full_checksum", partial(beside_good, replace(FILE, crc=FULL_32))
    early = zips.file("A/data.bin", "x")
    yield "wrong_checksum_of_an_early_name", partial(beside_good, replace(early, crc=1))
    yield "size_without_data", partial(beside_good, replace(FILE, body=b"", size=1, crc=0))
    # The stream ends where a piece of 64 KiB does, so that the byte after it is never looked at.
    whole = in_blocks("data.bin", [bytes(0xFFF0), bytes(0x10000 - 0xFFF0 - 10)])
    yield "byte_after_a_whole_piece", partial(beside_good, replace(whole, body=whole.body + b"\0"))


def narrow(content: bytes, **facts: Any) -> Entry:
    """Let the directory alone have a ZIP64 field of the file."""
    facts = {"local": replace(FILE, name=facts.get("name", FILE.name)), **facts}
    return replace(FILE, extra=zips.field(1, content), **facts)


def in_blocks(name: str, blocks: list[bytes]) -> Entry:
    """Deflate without compressing."""
    *_, last = range(len(blocks))
    body = b"".join(
        struct.pack("<BHH", at == last, len(block), len(block) ^ 0xFFFF) + block
        for at, block in enumerate(blocks)
    )
    content = b"".join(blocks)
    crc = zlib.crc32(content)
    return Entry(name.encode(), body, method=zips.DEFLATED, size=len(content), crc=crc)
