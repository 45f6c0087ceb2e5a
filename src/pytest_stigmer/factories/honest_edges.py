"""Archives that are just within the bounds of a rule: each has neighbours that are refused."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import Entry
from pytest_stigmer.factories.edge_archives import (
    END_64,
    ENTRY,
    FILE,
    FULL_32,
    LENGTHS_OF_FIELDS,
    PACKED,
    SIZES,
    START,
    Kind,
    in_blocks,
    narrow,
    turned,
    wide,
    without_numbers,
)
from pytest_stigmer.factories.edge_entries import longest_path
from pytest_stigmer.factories.flaws import GOOD, beside_good, deflated


def honest_edges() -> Iterator[Kind]:
    """Yield the archives that are just within the bounds."""
    yield from _honest_fields()
    yield from _honest_descriptors()
    yield from _honest_entries()


def _honest_fields() -> Iterator[Kind]:
    extra = [
        replace(FILE, name=f"{tag}-{length}".encode(), extra=zips.field(tag, bytes(length)))
        for tag, lengths in LENGTHS_OF_FIELDS.items()
        for length in sorted(set(lengths))
    ]
    yield "extra_fields_of_every_length", partial(beside_good, *extra)
    whole = zips.zip64(beside_good(FILE))
    yield "wide_end_alone", partial(without_numbers, whole)
    yield "wide_end_of_the_first_version", partial(turned, whole, END_64, 14, 2, -35)
    start = struct.pack("<Q", START)
    yield "wide_sizes", partial(beside_good, wide())
    yield "wide_size", partial(beside_good, narrow(SIZES[:8], size=FULL_32, local=wide()))
    yield "wide_packed_size", lambda: _full(narrow(SIZES[:8], local=wide()), 20)
    yield "wide_start", lambda: _full(narrow(start), 42)
    yield "wide_sizes_and_start", lambda: _full(replace(wide(SIZES + start), local=wide()), 42)
    idle = (narrow(b"", name=b"a"), narrow(SIZES, name=b"b"))
    yield "wide_fields_beside_numbers", partial(beside_good, *idle)
    yield "wide_field_of_28", partial(beside_good, narrow(SIZES + start + bytes(4)))
    again = zips.field(0x7075, struct.pack("<BL", 1, zlib.crc32(FILE.name)) + FILE.name)
    yield "name_twice", partial(beside_good, replace(FILE, extra=again))


def _full(entry: Entry, at: int) -> bytes:
    """Say that a number of the directory did not fit."""
    data = beside_good(entry)
    place = data.rindex(ENTRY) + at
    return data[:place] + b"\xff" * 4 + data[place + 4 :]


def _honest_descriptors() -> Iterator[Kind]:
    streamed = zips.descriptor(PACKED)
    yield (
        "descriptor_without_a_mark",
        partial(beside_good, replace(streamed, after=streamed.after[4:])),
    )
    told = replace(streamed, local=replace(streamed))
    yield "descriptor_of_what_was_told_before", partial(beside_good, told)
    facts = struct.pack("<L2Q", zlib.crc32(FILE.body), 4, 4)
    flags = FILE.flags | zips.DESCRIPTOR_FLAG
    for kind, mark in {
        "wide_descriptor": b"PK\7\x08",
        "wide_descriptor_without_a_mark": b"",
    }.items():
        told = replace(wide(), flags=flags, after=mark + facts)
        yield kind, partial(beside_good, replace(told, local=told))


def _honest_entries() -> Iterator[Kind]:
    names = ("ab:c", "a;b", ";1a", "...", "a..b", ".a", "a.", "SKILL.md.bak", "SKILLmd")
    paths = (longest_path(), "/".join(("y" * 200,) * 2))
    yield "names_that_are_nearly_unsafe", partial(beside_good, *map(_named, names + paths))
    apart = ("a-b", "a/b", "a.b", "a0")
    yield "names_that_start_alike", partial(beside_good, *map(_named, apart))
    yield "compression_options", partial(beside_good, replace(PACKED, flags=PACKED.flags | 6))
    versions = [replace(_named(str(needed)), needed=needed) for needed in (10, 45)]
    yield "first_and_last_version", partial(beside_good, *versions)
    bits = (0, 0o644, 0o100777, 0o104755, 0o102755)
    modes = [replace(_named(f"{mode:o}"), mode=mode) for mode in bits]
    dos = [replace(_named(f"{bit}"), dos=bit, mode=0, creator=0) for bit in (1, 2, 4, 0x20, 0x80)]
    idle = (
        replace(_named("amiga"), creator=1, mode=0o001),
        replace(_named("dos"), creator=0, mode=0o4000),
    )
    yield "attributes_of_files", partial(beside_good, *modes, *dos, *idle)
    folders = (
        replace(_named("dos/", ""), dos=0x10, mode=0, creator=0),
        replace(_named("deflated/", ""), mode=zips.FOLDER, method=zips.DEFLATED),
        replace(_named("plain/", ""), mode=zips.FOLDER),
    )
    yield "folders_by_attribute", partial(beside_good, *folders)
    yield "deflated_in_pieces", _in_pieces
    letters = ("#\u00e9\U0001f600\u65e5\n" * 11000).encode()
    blocks = [letters[:0xFFFF], letters[0xFFFF:]]
    yield "letters_across_pieces", lambda: zips.pack([in_blocks(zips.SKILL_MD, blocks)])
    # None, the last, in the future, and two that no calendar has.
    stamps = (0, 0xFF9FBF7D, 100 << 25 | 0x210000, 0x5E0000, 0x21FFFF)
    dated = [replace(_named(f"{stamp}"), stamp=stamp) for stamp in stamps]
    yield "dates_of_every_form", partial(beside_good, *dated)
    yield "directory_in_another_order", partial(zips.pack, [GOOD, FILE, _named("a")], turned=True)
    newer = turned(beside_good(zips.descriptor(FILE)), ENTRY, 4, 1, 43)
    yield "marks_of_newer_packers", partial(turned, newer, ENTRY, 36, 2)


def _named(name: str, content: str = "x") -> Entry:
    return zips.file(name, content)


def _in_pieces() -> bytes:
    """Pack what stays longer than any buffer, in blocks that are the same everywhere."""
    content = bytes(range(256)) * 800
    blocks = [content[at : at + 0xFFFF] for at in range(0, len(content), 0xFFFF)]
    # A longer run: one piece of it unpacks to many, and all of it to more than a message may have.
    return beside_good(in_blocks("data.bin", blocks), deflated("run.bin", 11_000_000))
