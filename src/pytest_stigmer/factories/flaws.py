"""What a bad artifact is, and the few forms that all of them take."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import DEFAULT_SKILL_MD, SKILL_MD, Entry
from pytest_stigmer.factories.compressed import deflated_run

GOOD = zips.file(SKILL_MD, DEFAULT_SKILL_MD)


@dataclass(frozen=True, slots=True)
class BadArtifact:
    """One way in which an artifact is wrong.

    `harm` says what accepting it would do; `code` is the gRPC status name of the refusal and `text`
    is a part of its details; `build` makes the bytes.
    """

    kind: str
    harm: str
    text: str
    build: Callable[[], bytes]
    code: str = "INVALID_ARGUMENT"


def beside_good(*entries: Entry) -> bytes:
    """Pack entries after a good SKILL.md, so that they alone are wrong."""
    return zips.pack([GOOD, *entries])


def alone(entry: Entry) -> bytes:
    """Pack one entry and nothing else."""
    return zips.pack([entry])


def deflated(name: str, length: int, *, dense: bool = False) -> Entry:
    """Describe an honest deflated file: `length` times the letter a."""
    return unpacking_to(b"a" * length, name, deflated_run(length, dense=dense))


def squeezed(name: str, content: bytes) -> Entry:
    """Describe an honest deflated file of any content."""
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return unpacking_to(content, name, squeezer.compress(content) + squeezer.flush())


def unpacking_to(content: bytes, name: str, body: bytes) -> Entry:
    """Describe a file by its deflated bytes and what they honestly unpack to."""
    size, crc = len(content), zlib.crc32(content)
    return Entry(name.encode(), body, method=zips.DEFLATED, size=size, crc=crc)


def sized(entry: Entry, difference: int) -> Entry:
    """Declare a size that differs from the stored content's by this many bytes."""
    return replace(entry, size=len(entry.body) + difference)
