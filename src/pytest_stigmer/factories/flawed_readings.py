"""Bad artifacts that two programs read differently, or that some program cannot unpack.

SKILL.md is good for one of them. Found by holding Python's zipfile, Go's archive/zip, unzip, 7z and
bsdtar against each other (`tests/archives`); the real server accepts them all.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import SKILL_MD, artifact
from pytest_stigmer.factories.compressed import deflated_run
from pytest_stigmer.factories.flaws import GOOD, BadArtifact, alone, beside_good, deflated

Kind = tuple[str, str, Callable[[], bytes]]

_FILE = zips.file("data.bin", "data")
_FIRST = zips.file(SKILL_MD, "# The one that is checked\n")
_SECOND = zips.file(SKILL_MD, "# The one that is unpacked")
_UNICODE_NAME = 0x7075
_UNKNOWN_FIELD = 0xFEED
FOREIGN_CREATORS = (0, 2, 5, 11, 16, 30)
"""Systems whose entries some extractors make links of, although they have no links."""


def flawed_readings() -> Iterator[BadArtifact]:
    """Yield the whole group."""
    for group, harm in (
        (_archives, "one program unpacks what was checked, another an archive that nobody saw"),
        (_headers, "one program follows the directory, another the header beside the bytes"),
        (_types, "the instructions become a link or a folder on the agent's machine"),
        (_names, "the file that an agent finds is not the one that the registry names"),
        (_too_much, "no program can unpack all of it, and each leaves out another part"),
    ):
        for kind, text, build in group():
            yield BadArtifact(kind, harm, text, build)


def _archives() -> Iterator[Kind]:
    good = artifact()
    contradiction = "its two end records contradict each other"
    yield "two_archives", "bytes before its first entry", lambda: alone(_FIRST) + alone(_SECOND)
    yield "zip64_in_a_comment", contradiction, partial(_hidden, "comment")
    yield "zip64_in_an_extra_field", contradiction, partial(_hidden, "extra")
    yield "bytes_before", "10 bytes before its first entry", lambda: b"#!/bin/sh\n" + good
    yield "bytes_after", "512 bytes after its end", lambda: good + bytes(512)
    yield (
        "bytes_before_the_end",
        "4 bytes between its directory and its end",
        partial(_padded, good),
    )
    yield "second_end", "between its directory and its end", lambda: good + zips.pack([])
    gap = replace(_FILE, after=bytes(4))
    yield "bytes_between", "4 bytes between its data and what follows", partial(beside_good, gap)
    shared = (_FILE, replace(_FILE, name=b"more.bin", shared=True))
    yield "shared_bytes", "its data is not where the directory says", partial(beside_good, *shared)


def _headers() -> Iterator[Kind]:
    differ = f"failed to read {SKILL_MD}: zip: not a valid zip file: its two headers differ"
    packed = deflated(SKILL_MD, 1000)
    for kind, beside in (
        ("two_methods", replace(packed, method=zips.STORED)),
        ("two_sizes", replace(packed, size=999)),
        ("two_checksums", replace(packed, crc=0xBAD)),
        ("two_flags", replace(packed, flags=0)),
    ):
        yield kind, differ, partial(alone, replace(packed, local=beside))
    wrong = zips.descriptor(packed, crc=0xBAD)
    yield "wrong_descriptor", "what follows its data states another checksum", partial(alone, wrong)
    another = zips.field(
        _UNICODE_NAME, struct.pack("<BL", 1, zlib.crc32(b"data.bin")) + b"SKILL.md"
    )
    named = replace(_FILE, extra=another)
    yield "unicode_name", "an extra field gives it another name", partial(beside_good, named)
    unknown = replace(_FILE, extra=zips.field(_UNKNOWN_FIELD, b"?"))
    yield "unknown_extra_field", "its extra field 0xfeed is unknown", partial(beside_good, unknown)
    for kind, flag in (("patched", 0x20), ("strongly_encrypted", 0x40)):
        flagged = replace(GOOD, flags=GOOD.flags | flag)
        yield kind, "not understood by every program", partial(alone, flagged)
    later = replace(GOOD, needed=99)
    yield "later_version", "it needs version 9.9 of the format", partial(alone, later)


def _types() -> Iterator[Kind]:
    link = zips.file(SKILL_MD, "/etc/passwd", mode=zips.SYMLINK)
    for creator in FOREIGN_CREATORS:
        foreign = partial(alone, replace(link, creator=creator))
        yield f"symlink_of_system_{creator}", f"symlink in ZIP: {SKILL_MD}", foreign
    declared = f"file declared a folder in ZIP: {SKILL_MD}"
    yield "folder_by_mode", declared, partial(alone, replace(GOOD, mode=zips.FOLDER))
    yield "folder_by_attribute", declared, partial(alone, replace(GOOD, dos=0x10, creator=0))
    full = zips.file("docs/", "text", mode=zips.FOLDER)
    yield "folder_with_content", "folder with content in ZIP: docs/", partial(beside_good, full)


def _names() -> Iterator[Kind]:
    undecided = "neither ASCII nor marked as UTF-8"
    unmarked = replace(zips.file("caf\u00e9.md", ""), flags=0)
    yield "unmarked_name", undecided, partial(beside_good, unmarked)
    yield "broken_name", undecided, partial(beside_good, zips.Entry(b"caf\xe9.md"))
    forms = (zips.file("caf\u00e9.md", "composed"), zips.file("cafe\u0301.md", "decomposed"))
    yield "two_forms_of_a_name", "duplicate filename: cafe\u0301.md", partial(beside_good, *forms)
    second = f"second {SKILL_MD} in ZIP: "
    for kind, name in (("in_other_case", "skill.MD"), ("with_a_dot", "SKILL.md.")):
        other = partial(beside_good, zips.file(name, "# Another\n"))
        yield f"skill_md_{kind}", second + name, other
    for kind, name in (("drive", "C:notes.md"), ("file_version", "notes.md;1")):
        cut = f"unsafe filename: {name} (some programs cut it"
        yield kind, cut, partial(beside_good, zips.file(name, ""))
    here = (zips.Entry(b"./", mode=zips.FOLDER), replace(GOOD, name=b"./SKILL.md"))
    yield "packed_as_dot", "pack without the leading ./", lambda: zips.pack(here)
    control = zips.file("NOTES~1.\x01", "")
    yield "short_name_control", "invalid character in filename: ", partial(beside_good, control)


def _too_much() -> Iterator[Kind]:
    both = zips.file("SKILL.md/x", "")
    one_name = f"file and folder of one name in ZIP: {SKILL_MD}"
    yield "file_and_folder", one_name, partial(beside_good, both)
    deep = (zips.file("a/b/c", ""), zips.file("a/b/c-d", ""), zips.file("a/b/c/d/e", ""))
    within = "file and folder of one name in ZIP: a/b/c"
    yield "file_and_folder_within", within, partial(beside_good, *deep)
    for kind, name in (
        ("long_name_part", "x" * 256),
        ("long_name", "/".join(["x" * 200] * 21)),
        ("nested_folders", "a/" * 3000),
    ):
        yield kind, "filename too long: ", partial(beside_good, zips.file(name, ""))
    run = deflated_run(100_000, dense=True)
    bomb = zips.Entry(b"BOMB~1.BIN", run, method=zips.DEFLATED, size=100_000)
    ratio = "suspicious compression ratio in BOMB~1.BIN"
    yield "short_name_bomb", ratio, partial(beside_good, bomb)


def _padded(good: bytes) -> bytes:
    end = good.rindex(b"PK\5\6")
    return good[:end] + bytes(4) + good[end:]


def _hidden(where: str) -> bytes:
    """Hide a directory and ZIP64 records where the last entry has room for them.

    Both directories are whole: one names the first SKILL.md, the other the second, whose header and
    bytes are the content of an ordinary file.
    """
    inner = alone(_SECOND)
    listed = inner.index(b"PK\1\2")
    outer = [_FIRST, zips.file("more.bin", inner[:listed])]
    start = zips.pack(outer).index(inner[:listed])
    end = inner.index(b"PK\5\6")
    # What the hidden directory points at does not lie at 0 here.
    header = inner[listed : end - len(SKILL_MD) - 4]
    directory = header + struct.pack("<L", start) + SKILL_MD.encode()

    def with_room(room: bytes) -> bytes:
        last = replace(outer[1], local=outer[1])
        if where == "extra":
            return zips.pack([_FIRST, replace(last, extra=zips.field(_UNKNOWN_FIELD, room))])
        return zips.pack([_FIRST, replace(last, comment=room)])

    records = len(zips.zip64(inner)) - len(inner)
    whole = with_room(directory + bytes(records))
    at = whole.rindex(directory)
    wide = zips.zip64(whole[: at + len(directory)] + inner[end:], 1, len(directory), at)
    return with_room(wide[at : -len(inner[end:])])
