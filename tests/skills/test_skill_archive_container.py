"""The ZIP container itself: what counts as one, and bytes that only look like one."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import Entry, artifact
from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.skills import zipdirectory

NOT_A_ZIP = "invalid ZIP file: zip: not a valid zip file"
END = struct.Struct("<4s4H2LH")


def why_not(data: bytes) -> str:
    """Return the rule that these bytes break."""
    with pytest.raises(ArchiveError) as refused:
        ArchiveReader().read(data)
    return str(refused.value)


def with_end(data: bytes, *, count: int = 0, length: int = 0, comment: int = 0) -> bytes:
    """Return an archive whose end record is off by these amounts."""
    *head, here, entries, size, start, note = END.unpack(data[-END.size :])
    return data[: -END.size] + END.pack(
        *head, here + count, entries + count, size + length, start, note + comment
    )


def with_zip64_field(field: bytes) -> bytes:
    """Return an archive with an entry `big` that leaves its size to this ZIP64 field."""
    data = zips.pack([zips.file("SKILL.md", "# one"), Entry(b"big", b"x", size=0xFFFFFFFF)])
    at = data.rindex(b"PK\1\2")
    header = bytearray(data[at : at + 46])
    extra = struct.pack("<2H", 1, len(field)) + field
    struct.pack_into("<H", header, 30, len(extra))
    wide = data[:at] + bytes(header) + b"big" + extra + data[-END.size :]
    return with_end(wide, length=len(extra))


def test_a_zip64_size_is_read() -> None:
    """A size that does not fit into 32 bits is judged by its ZIP64 field."""
    data = with_zip64_field(struct.pack("<Q", 5 * 1024**3))
    assert "suspicious compression ratio in big: 5368709120:1" in why_not(data)


@pytest.mark.parametrize("length", [0, 1, 7])
def test_a_zip64_field_that_is_cut_off_is_refused(length: int) -> None:
    """A size is not read from a part of it."""
    assert why_not(with_zip64_field(b"\1" * length)) == NOT_A_ZIP


def test_a_zip64_size_without_its_field_is_refused() -> None:
    """The declaration points at a field that is not there."""
    data = zips.pack([zips.file("SKILL.md", "# one"), Entry(b"big", b"x", size=0xFFFFFFFF)])
    assert why_not(data) == NOT_A_ZIP


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6", b"x" * 22, b"PK\5\6" + b"\0" * 17])
def test_bytes_without_an_end_record_are_no_zip(data: bytes) -> None:
    """However much they look like one."""
    assert why_not(data) == NOT_A_ZIP


@pytest.mark.parametrize("off", [{"count": 1}, {"count": -1}, {"length": 1}, {"length": -1}])
def test_a_directory_that_is_not_as_declared_is_refused(off: dict[str, int]) -> None:
    """A number or length that is off would show different entries to different readers."""
    assert why_not(with_end(artifact(), **off)).startswith(NOT_A_ZIP)


@pytest.mark.parametrize("length", [1, 255, 65_535])
def test_a_comment_that_is_cut_off_is_refused(length: int) -> None:
    """The end record promises more bytes than follow, be it by one."""
    whole = with_end(artifact(skill_md="# one"), comment=length) + b"-" * length
    assert ArchiveReader().read(whole).skill_md == "# one"
    assert why_not(whole[:-1]) == NOT_A_ZIP


def test_an_entry_without_its_local_header_is_refused() -> None:
    """Where the directory points there must be the header's mark, and room for all of it."""
    data = zips.pack([zips.file("SKILL.md", "# one")])
    unmarked = data.replace(b"PK\3\4", b"PK\0\0", 1)
    assert "its data is not where the directory says" in why_not(unmarked)
    beyond = bytearray(data + b"PK\3\4")
    struct.pack_into("<L", beyond, data.rindex(b"PK\1\2") + 42, len(data))
    assert why_not(bytes(beyond)).startswith(NOT_A_ZIP)


def test_data_beyond_the_end_of_the_file_is_refused() -> None:
    """An entry cannot be longer than the archive."""
    data = bytearray(zips.pack([zips.file("SKILL.md", "# one")]))
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<2L", data, at + 20, 5000, 5000)
    assert "its two headers differ" in why_not(bytes(data))


def test_a_lying_bomb_is_unpacked_no_further_than_it_declares() -> None:
    """Of 64 megabytes behind a declaration of eight kilobytes one byte too many is seen."""
    sizes = []

    class Watched(ArchiveReader):
        def check_unpacked(self, entry: zipdirectory.Entry, size: int, crc: int, most: int) -> None:
            sizes.append(size)
            super().check_unpacked(entry, size, crc, most)

    engine = zlib.compressobj(wbits=-15)
    body = b"".join(engine.compress(bytes(1024 * 1024)) for _ in range(64)) + engine.flush()
    bomb = Entry(b"bomb", body, method=zips.DEFLATED, size=8192, crc=0)
    data = zips.pack([zips.file("SKILL.md", "# one"), bomb])
    with pytest.raises(ArchiveError, match="failed to read bomb: zip: not a valid zip file"):
        Watched().read(data)
    assert sizes == [5, 8193]


def test_what_is_unpacked_is_not_kept() -> None:
    """Checking 64 megabytes beside SKILL.md takes a few hundred kilobytes of memory."""
    content = bytes(range(256)) * 4096
    engine = zlib.compressobj(wbits=-15)
    body = b"".join(engine.compress(content) for _ in range(64)) + engine.flush()
    crc = 0
    for _ in range(64):
        crc = zlib.crc32(content, crc)
    size = 64 * len(content)
    # Empty blocks in front, so that the ratio is an ordinary one.
    padding = b"".join(b"\0\0\0\xff\xff" for _ in range(size // 500))
    large = Entry(b"large", padding + body, method=zips.DEFLATED, size=size, crc=crc)
    data = zips.pack([zips.file("SKILL.md", "# one"), large])
    tracemalloc.start()
    try:
        assert ArchiveReader().read(data).skill_md == "# one"
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


def test_an_entry_without_a_name_is_refused() -> None:
    """There is nothing that it could be unpacked as."""
    data = zips.pack([zips.file("SKILL.md", "# one"), zips.file("", "x")])
    assert why_not(data) == "unsafe filename:  (it would become '')"
