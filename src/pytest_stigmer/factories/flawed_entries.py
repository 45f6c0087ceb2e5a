"""Bad artifacts with an entry whose name or type must not be unpacked, or that is not as declared.

The real code and the safearchive library below it repair or drop bad names and types in silence;
only control characters are refused there, in the words used here. It reads SKILL.md alone and
trusts what the directory declares of the rest, so that the flaw shows where the skill is unpacked.
Source: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/storage/zip_extractor.go.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from hashlib import shake_256

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import SKILL_MD, Entry
from pytest_stigmer.factories.flaws import (
    GOOD,
    BadArtifact,
    alone,
    beside_good,
    deflated,
    sized,
    squeezed,
)

_NAME = "data.bin"
_FILE = zips.file(_NAME, "data")
_UNREADABLE = f"failed to read {_NAME}: "
_NOT_AS_DECLARED = f"{_UNREADABLE}zip: not a valid zip file"


def flawed_entries() -> Iterator[BadArtifact]:
    """Yield the whole group."""
    yield from _names()
    yield from _characters()
    yield from _links()
    for kind, harm, text, entries in (*_lies(), *_readings()):
        yield BadArtifact(kind, harm, text, functools.partial(beside_good, *entries))


def _names() -> Iterator[BadArtifact]:
    for kind, name, harm in (
        ("traversal", "../../escape.sh", "unpacking writes outside the skill's folder"),
        ("inner_traversal", "scripts/../../escape.sh", "unpacking writes outside the folder"),
        ("absolute", "/etc/cron.d/escape", "unpacking writes anywhere on the machine"),
        ("backslash", "..\\escape.sh", "unpacking on Windows writes outside the skill's folder"),
        ("dot_name", "./scripts/run.sh", "one file has two names, and two files have one"),
    ):
        yield BadArtifact(
            kind,
            harm,
            f"unsafe filename: {name}",
            functools.partial(beside_good, zips.file(name, "x")),
        )
    for kind, name in (
        ("traversal_skill_md", "../../SKILL.md"),
        ("absolute_skill_md", "/SKILL.md"),
        ("backslash_skill_md", "..\\SKILL.md"),
        ("dot_skill_md", "./SKILL.md"),
    ):
        yield BadArtifact(
            kind,
            "checked under one name, unpacked under another",
            f"unsafe filename: {name}",
            functools.partial(alone, replace(GOOD, name=name.encode())),
        )


def _characters() -> Iterator[BadArtifact]:
    for kind, name in (
        ("control_character", "a\x01b"),
        ("nul_character", "notes.txt\0.sh"),
        ("newline", "a\nb"),
        ("delete_character", "a\x7fb"),
    ):
        yield BadArtifact(
            kind,
            "listings and terminals show another name than the one unpacked",
            "invalid character in filename: ",
            functools.partial(beside_good, zips.file(name, "x")),
        )


def _links() -> Iterator[BadArtifact]:
    yield BadArtifact(
        "symlink",
        "reading the skill's files reads any file of the machine",
        "symlink in ZIP: scripts/data",
        lambda: beside_good(_symlink("scripts/data", "/etc/passwd")),
    )
    yield BadArtifact(
        "symlink_skill_md",
        "the path that a link points to becomes the instructions",
        "symlink in ZIP: SKILL.md",
        lambda: alone(_symlink(SKILL_MD, "/etc/passwd")),
    )
    yield BadArtifact(
        "symlink_hides_skill_md",
        "a link of the same name hides the real instructions",
        "symlink in ZIP: SKILL.md",
        lambda: zips.pack([_symlink(SKILL_MD, "other.md"), GOOD]),
    )
    yield BadArtifact(
        "special_file",
        "whoever reads the named pipe waits for ever",
        "special file in ZIP: scripts/pipe",
        lambda: beside_good(_special("scripts/pipe")),
    )
    yield BadArtifact(
        "special_skill_md",
        "whoever reads the named pipe waits for ever",
        "special file in ZIP: SKILL.md",
        lambda: alone(_special(SKILL_MD)),
    )


def _special(name: str) -> Entry:
    return zips.file(name, b"", mode=zips.FIFO)


def _symlink(name: str, target: str) -> Entry:
    return zips.file(name, target, mode=zips.SYMLINK)


def _lies() -> Iterator[tuple[str, str, str, tuple[Entry, ...]]]:
    yield (
        "lying_file_smaller",
        "a bomb that declares to be small passes the ratio and fills the disk",
        _NOT_AS_DECLARED,
        (replace(deflated(_NAME, 100_000, dense=True), size=10),),
    )
    yield (
        "lying_file_larger",
        "the file that is unpacked is not the whole one",
        f"{_UNREADABLE}unexpected EOF",
        (sized(_FILE, +1),),
    )
    yield (
        "wrong_crc_file",
        "a file damaged on the way is taken for the author's",
        f"{_UNREADABLE}zip: checksum error",
        (replace(_FILE, crc=0xBAD),),
    )
    yield (
        "zero_crc_file",
        "a reader that takes a checksum of 0 for none unpacks what was damaged",
        f"{_UNREADABLE}zip: checksum error",
        (replace(_FILE, crc=0),),
    )
    yield (
        "wrong_crc_large_file",
        "only small files are read again, and the large one that was damaged is served",
        f"{_UNREADABLE}zip: checksum error",
        (replace(_large(), crc=0xBAD),),
    )
    yield (
        "wrong_crc_behind_many",
        "only the first files are read again",
        f"{_UNREADABLE}zip: checksum error",
        (*(zips.file(f"{number}", "") for number in range(1_100)), replace(_FILE, crc=0xBAD)),
    )
    yield (
        "lying_deflated_file",
        "the file that is unpacked is not the whole one",
        f"{_UNREADABLE}unexpected EOF",
        (replace(deflated(_NAME, 1_000), size=1_001),),
    )
    picture = "docs/images/plan.png"
    yield (
        "wrong_crc_picture",
        "only texts, or only the first files, are read again, and what follows is served damaged",
        f"failed to read {picture}: zip: checksum error",
        (_FILE, zips.file("a.txt", "a"), replace(deflated(picture, 999), crc=0xBAD)),
    )


def _large() -> Entry:
    """Describe a file of three megabytes that packs well, and not too well."""
    return squeezed(_NAME, bytes(3_000_000) + shake_256(b"noise").digest(40_000))


def _readings() -> Iterator[tuple[str, str, str, tuple[Entry, ...]]]:
    yield (
        "two_names",
        "one reader unpacks the name that was checked, another the name beside the bytes",
        f"{_NOT_AS_DECLARED}: its two names differ",
        (replace(_FILE, local_name=b"../x.bin"),),
    )
    yield (
        "padded_deflate",
        "bytes after the end of the stream make the ratio of a bomb look harmless",
        f"{_NOT_AS_DECLARED}: bytes after its compressed data",
        (_padded(deflated(_NAME, 100_000, dense=True)),),
    )
    yield (
        "duplicate_file",
        "one reader unpacks the first content, another the last",
        f"duplicate filename: {_NAME}",
        (_FILE, zips.file(_NAME, "other")),
    )


def _padded(entry: Entry) -> Entry:
    return replace(entry, body=entry.body + bytes(len(entry.body)))
