"""Artifacts that a registry must accept: what ordinary tools write, and the limits themselves.

Most are written by Python's own zipfile and not by our writer: another hand than that of the bad
artifacts. Limits: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/storage/zip_extractor.go.
"""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import SKILL_MD, artifact
from pytest_stigmer.factories.flawed_content import MAX_FILES, MAX_SKILL_MD
from pytest_stigmer.factories.flaws import GOOD, alone, beside_good, deflated, unpacking_to
from pytest_stigmer.factories.honest_edges import honest_edges

MAX_RATIO = 100
"""How many times its packed size an entry may unpack to, fractions not counted."""

_TEXT = b"# Calculator\n\nIt adds.\n"
_FILES: Mapping[str, bytes] = {"run.sh": b"#!/bin/sh\n", SKILL_MD: _TEXT, "data/a.bin": b"\0\xff"}

_DOS = 0
_UNIX = 3
_FILE_MODE = 0o100644
_FOLDER_MODE = 0o040755


class _Pipe(io.RawIOBase):
    """Takes bytes and cannot seek, as standard output; a ZIP for it has data descriptors."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.taken += data
        return len(data)


def _zipped(
    files: Mapping[str, bytes] = _FILES,
    *,
    method: int = ZIP_DEFLATED,
    system: int = _UNIX,
    extra: bytes = b"",
    comment: bytes = b"",
    of_entries: bytes = b"",
) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", method) as archive:
        archive.comment = comment
        for name, content in files.items():
            info = ZipInfo(name)
            info.create_system, info.extra, info.comment = system, extra, of_entries
            mode = _FOLDER_MODE if info.is_dir() else _FILE_MODE
            info.external_attr = mode << 16 if system == _UNIX else 0
            archive.writestr(info, content, method)
    return target.getvalue()


def _streamed() -> bytes:
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, content in _FILES.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return bytes(pipe.taken)


def _from_standard_input(mode: int) -> bytes:
    """Pack as Info-ZIP does what it reads without knowing how long it will be."""
    entry = replace(zips.file("-", "1 + 1\n", mode=mode), flags=0, needed=45)
    wide = zips.field(1, struct.pack("<2Q", len(entry.body), len(entry.body)))
    return zips.zip64(beside_good(replace(entry, local=replace(entry, extra=wide, wide=True))))


def _of_ratio(excess: int) -> bytes:
    """Pack an entry that unpacks to a hundred times its packed size and `excess` bytes more."""
    # A run of one letter, then a last block of incompressible content stored as it is: 5 bytes of
    # header. Of a hundred lengths one makes the content come out even.
    for length in range(100_000, 110_000):
        squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        run = squeezer.compress(b"a" * length) + squeezer.flush(zlib.Z_FULL_FLUSH)
        more, rest = divmod(length - MAX_RATIO * (len(run) + 5) - excess, MAX_RATIO - 1)
        if not rest:
            break
    tail = (bytes(range(256)) * more)[:more]
    body = run + struct.pack("<BHH", 1, more, more ^ 0xFFFF) + tail
    return beside_good(unpacking_to(b"a" * length + tail, "data.txt", body))


def _many_files() -> bytes:
    return zips.pack([GOOD, *(zips.file(f"{number}.txt", b"") for number in range(1, MAX_FILES))])


def _from_tools() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "stored_files", partial(_zipped, method=ZIP_STORED)
    yield "deflated_files", _zipped
    yield "data_descriptors", _streamed
    yield "dos_entries", partial(_zipped, system=_DOS)
    yield "extra_times", partial(_zipped, extra=struct.pack("<2HBL", 0x5455, 5, 1, 0))
    yield "archive_comment", partial(_zipped, comment=b"by hand " * 8000)
    yield "zip64_records", lambda: zips.zip64(artifact())
    yield "from_standard_input", partial(_from_standard_input, zips.REGULAR_FILE)
    yield "from_a_pipe", partial(_from_standard_input, zips.FIFO)
    yield "entry_comments", partial(_zipped, of_entries=b"by hand")


def _of_content() -> Iterator[tuple[str, Callable[[], bytes]]]:
    folders = {"docs/": b"", "docs/more/": b"", "docs/more/a.md": b"# a", SKILL_MD: _TEXT}
    yield "folders", partial(_zipped, folders)
    yield "empty_files", partial(_zipped, {SKILL_MD: _TEXT, "empty": b"", ".keep": b""})
    within = {"examples/SKILL.md": b"# Another", SKILL_MD: _TEXT}
    yield "inner_skill_md", partial(_zipped, within)
    short = {SKILL_MD: _TEXT, "packages/pkg-1.0~2.deb": b"a", "PROGRA~1/x": b"", "notes~1.txt": b""}
    yield "short_names", partial(_zipped, short)
    names = ("two words.md", "\u00dcbung.md", "\u65e5\u672c.md", "a~b.md", "a..b", "UPPER.MD")
    yield "unusual_names", partial(_zipped, {SKILL_MD: _TEXT, **dict.fromkeys(names, b"a")})


def _at_limits() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "longest_skill_md", partial(artifact, skill_md="a" * MAX_SKILL_MD, files={})
    yield "longest_skill_md_deflated", lambda: alone(deflated(SKILL_MD, MAX_SKILL_MD))
    yield "three_megabytes", partial(artifact, files={"a.bin": bytes(range(256)) * 12_000})
    yield "most_files", _many_files
    yield "highest_ratio", partial(_of_ratio, 0)
    yield "highest_ratio_and_a_fraction", partial(_of_ratio, 900)


GOOD_ARTIFACTS: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    dict((*_from_tools(), *_of_content(), *_at_limits(), *honest_edges()))
)
"""Every good artifact by kind, and how to make it."""


@functools.cache
def good_artifact(kind: str) -> bytes:
    """Return the artifact of this kind; raise UsageError with the nearest kind for another word."""
    if kind not in GOOD_ARTIFACTS:
        raise UsageError.unknown("kind of good artifact", kind, GOOD_ARTIFACTS)
    return GOOD_ARTIFACTS[kind]()
