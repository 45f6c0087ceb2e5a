"""Bad artifacts whose SKILL.md is good, while another file is not what the directory declares.

The real code reads SKILL.md alone and trusts the rest, so that the flaw shows where the skill is
unpacked. Source: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/storage/zip_extractor.go.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import Entry
from pytest_stigmer.factories.flaws import BadArtifact, beside_good, deflated, sized

_NAME = "data.bin"
_FILE = zips.file(_NAME, "data")
_UNREADABLE = f"failed to read {_NAME}: "
_NOT_AS_DECLARED = f"{_UNREADABLE}zip: not a valid zip file"


def flawed_files() -> Iterator[BadArtifact]:
    """Yield the whole group."""
    for kind, harm, text, entries in (*_lies(), *_readings()):
        yield BadArtifact(kind, harm, text, functools.partial(beside_good, *entries))


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
