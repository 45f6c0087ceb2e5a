"""Bad artifacts whose container, sizes or SKILL.md are wrong.

Limits and texts: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/storage/zip_extractor.go.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import shake_256

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import DEFAULT_SKILL_MD, SKILL_MD, Entry, artifact
from pytest_stigmer.factories.compressed import encrypted
from pytest_stigmer.factories.flaws import (
    GOOD,
    BadArtifact,
    alone,
    beside_good,
    deflated,
    sized,
    squeezed,
)

MAX_SKILL_MD = 1024 * 1024
MAX_TOTAL = 500 * 1024 * 1024
MAX_FILES = 10_000
"""Bytes of SKILL.md, declared bytes in all, and entries that an artifact may have."""

PASSWORD = b"stigmer"
"""Opens the `encrypted` artifact."""

_BZIP2 = 12
_TEXT_OF_NOISE = shake_256(b"text").hexdigest(20_000).encode()


def flawed_content() -> Iterator[BadArtifact]:
    """Yield the whole group."""
    yield from _containers()
    yield from _skill_md_missing()
    yield from _skill_md_size()
    yield from _skill_md_content()


def _containers() -> Iterator[BadArtifact]:
    yield BadArtifact(
        "not_a_zip",
        "what was uploaded cannot be unpacked by anyone",
        "zip: not a valid zip file",
        lambda: b"# Calculator\nThis is text, not a ZIP.\n",
    )
    yield BadArtifact(
        "truncated",
        "an upload that broke off is kept as a version",
        "zip: not a valid zip file",
        lambda: artifact()[:-40],
    )
    yield BadArtifact(
        "empty_zip", "a version without content", "ZIP file is empty", lambda: zips.pack([])
    )
    yield BadArtifact(
        "too_many_files",
        "unpacking exhausts the inodes of the disk",
        "too many files in ZIP: 10001 (max: 10000)",
        _too_many_files,
    )
    yield BadArtifact(
        "too_many_folders",
        "folders take inodes too",
        "too many files in ZIP: 10001 (max: 10000)",
        lambda: _too_many_files(folder="/"),
    )
    yield from _bombs()
    yield BadArtifact(
        "total_size",
        "entries that share their bytes unpack to more than the disk holds",
        "total uncompressed size too large",
        _total_size,
    )
    yield BadArtifact(
        "total_size_by_one",
        "the limit is not the one that is documented",
        "total uncompressed size too large: 524288001 bytes",
        functools.partial(_total_of, MAX_TOTAL + 1),
    )
    yield BadArtifact(
        "total_size_of_the_limit",
        "entries that share their bytes are one file to some programs",
        "its data is not where the directory says",
        functools.partial(_total_of, MAX_TOTAL),
    )


def _bombs() -> Iterator[BadArtifact]:
    yield BadArtifact(
        "bomb",
        "a few kilobytes unpack to megabytes and fill the disk",
        "suspicious compression ratio in data.bin: 158:1 (max: 100:1)",
        lambda: beside_good(deflated("data.bin", 8 * MAX_SKILL_MD, dense=True)),
    )
    yield BadArtifact(
        "bomb_behind_others",
        "only the first files are looked at, and one behind them fills the disk",
        "suspicious compression ratio in docs/plan.txt: 157:1 (max: 100:1)",
        lambda: beside_good(
            zips.file("a.txt", "a"), deflated("docs/plan.txt", MAX_SKILL_MD, dense=True)
        ),
    )
    yield BadArtifact(
        "bomb_alone",
        "a bomb is told as a missing text, and its author adds the text",
        "suspicious compression ratio in data.bin: 157:1 (max: 100:1)",
        lambda: alone(deflated("data.bin", MAX_SKILL_MD, dense=True)),
    )
    yield BadArtifact(
        "bomb_skill_md",
        "instructions of a few kilobytes fill the memory of who reads them",
        "suspicious compression ratio in SKILL.md: 157:1 (max: 100:1)",
        lambda: alone(deflated(SKILL_MD, MAX_SKILL_MD, dense=True)),
    )


def _skill_md_missing() -> Iterator[BadArtifact]:
    missing = "SKILL.md not found in ZIP archive"
    yield BadArtifact(
        "no_skill_md",
        "an agent gets a skill without instructions",
        missing,
        lambda: alone(zips.file("README.md", "# Calculator\n")),
    )
    yield BadArtifact(
        "skill_md_in_folder",
        "a folder was zipped instead of its content; the agent finds no instructions",
        missing,
        lambda: alone(replace(GOOD, name=b"calculator/SKILL.md")),
    )
    yield BadArtifact(
        "lower_case_skill_md",
        "found on one file system, missing on another",
        missing,
        lambda: alone(replace(GOOD, name=b"skill.md")),
    )
    yield BadArtifact(
        "skill_md_folder",
        "a folder named SKILL.md passes for the file",
        missing,
        lambda: alone(Entry(b"SKILL.md/")),
    )
    yield BadArtifact(
        "empty_skill_md",
        "an agent gets empty instructions",
        "SKILL.md is empty",
        lambda: artifact(skill_md=""),
    )


def _skill_md_size() -> Iterator[BadArtifact]:
    too_large = "SKILL.md too large (max: 1048576 bytes)"
    yield BadArtifact(
        "oversize",
        "one byte over the limit is cut off silently, and the stored text is not the pushed one",
        too_large,
        lambda: alone(deflated(SKILL_MD, MAX_SKILL_MD + 1)),
    )
    yield BadArtifact(
        "oversize_by_two",
        "instructions of any size fill memory and the database",
        too_large,
        lambda: alone(deflated(SKILL_MD, MAX_SKILL_MD + 2)),
    )
    yield BadArtifact(
        "oversize_in_bytes",
        "the limit of bytes is taken for one of letters, and the text is twice as long",
        too_large,
        lambda: alone(squeezed(SKILL_MD, ("\u00e9" * 520_000).encode() + _TEXT_OF_NOISE)),
    )


def _skill_md_content() -> Iterator[BadArtifact]:
    yield BadArtifact(
        "duplicate_skill_md",
        "two readers of one artifact follow different instructions",
        "duplicate filename: SKILL.md",
        lambda: beside_good(zips.file(SKILL_MD, "# Another\n")),
    )
    yield BadArtifact(
        "non_utf8_skill_md",
        "a string field cannot hold it: the push fails late and leaves the artifact behind",
        "SKILL.md is not UTF-8",
        lambda: artifact(skill_md=b"# Caf\xe9\n"),
    )
    yield BadArtifact(
        "wrong_crc",
        "instructions damaged on the way are taken for the author's",
        "zip: checksum error",
        lambda: alone(replace(GOOD, crc=0xBAD)),
    )
    yield BadArtifact(
        "zero_crc",
        "a reader that takes a checksum of 0 for none shows damaged instructions",
        "zip: checksum error",
        lambda: alone(replace(GOOD, crc=0)),
    )
    yield BadArtifact(
        "encrypted",
        "nobody without the password can read the instructions",
        "encrypted file in ZIP: SKILL.md",
        _encrypted,
    )
    yield BadArtifact(
        "unsupported_method",
        "the instructions cannot be unpacked",
        "zip: unsupported compression algorithm",
        lambda: alone(replace(GOOD, method=_BZIP2)),
    )
    yield BadArtifact(
        "corrupt_deflate",
        "the instructions cannot be unpacked",
        "flate: corrupt input",
        _corrupt_deflate,
    )
    yield BadArtifact(
        "lying_size_smaller",
        "a declared size that is too small hides a file over the limits",
        "zip: not a valid zip file",
        lambda: alone(sized(GOOD, -1)),
    )
    yield BadArtifact(
        "lying_size_larger",
        "instructions that end early are taken for whole",
        "unexpected EOF",
        lambda: alone(sized(GOOD, +1)),
    )


def _total_size() -> bytes:
    return _total_of(MAX_TOTAL + len(GOOD.body))


def _total_of(size: int) -> bytes:
    # Honest entries over the same compressed bytes: each is within its limits.
    count, rest = divmod(size - len(GOOD.body), MAX_SKILL_MD)
    first = deflated("part0", MAX_SKILL_MD)
    shared = (replace(first, name=f"part{i}".encode(), shared=True) for i in range(1, count))
    last = [deflated("last", rest)] if rest else []
    return beside_good(first, *shared, *last)


def _too_many_files(folder: str = "") -> bytes:
    """Pack one entry too many; with a slash as `folder` every second one is a folder."""
    first = zips.file("0", b"")
    names = (f"{i}{folder * (i % 2)}" for i in range(1, MAX_FILES))
    rest = (replace(first, name=name.encode(), shared=True) for name in names)
    return beside_good(first, *rest)


def _encrypted() -> bytes:
    plain = DEFAULT_SKILL_MD.encode()
    crc = zlib.crc32(plain)
    body = encrypted(plain, PASSWORD, crc)
    return alone(replace(GOOD, body=body, size=len(plain), crc=crc, flags=zips.ENCRYPTED_FLAG))


def _corrupt_deflate() -> bytes:
    entry = deflated(SKILL_MD, 1000)
    # Block type 3 does not exist.
    return alone(replace(entry, body=b"\x07" + entry.body[1:]))
