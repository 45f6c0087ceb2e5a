"""What a pushed ZIP must be, at the edge of every rule."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import Entry
from pytest_stigmer.skills import archive as rules
from pytest_stigmer.skills.archive import ArchiveReader, cleaned_name

if TYPE_CHECKING:
    from collections.abc import Iterable

GOOD = zips.file("SKILL.md", "# one\n")


def read(*entries: Entry) -> str:
    """Return the SKILL.md of an archive of these entries."""
    return ArchiveReader().read(zips.pack(entries)).skill_md


def why_not(data: bytes) -> str:
    """Return the rule that these bytes break."""
    with pytest.raises(ArchiveError) as refused:
        ArchiveReader().read(data)
    return str(refused.value)


def refused(*entries: Entry) -> str:
    """Return the rule that an archive of these entries breaks."""
    return why_not(zips.pack(entries))


def deflated(name: str, content: bytes) -> Entry:
    """Describe an honest deflated file."""
    engine = zlib.compressobj(wbits=-15)
    body = engine.compress(content) + engine.flush()
    crc = zlib.crc32(content)
    return Entry(name.encode(), body, method=zips.DEFLATED, size=len(content), crc=crc)


def sized(count: int, size: int) -> Iterable[Entry]:
    """Describe entries that declare `size` bytes each at a ratio of 100, and have none of them."""
    for i in range(count):
        yield Entry(b"f%d" % i, b"x" * (size // 100), method=zips.DEFLATED, size=size)


def test_a_zip_of_the_limit_is_read_and_one_byte_more_is_not() -> None:
    """The size of the ZIP is judged before anything of it is read."""
    limit = rules.MAX_ZIP_BYTES
    assert why_not(bytes(limit)) == "invalid ZIP file: zip: not a valid zip file"
    assert why_not(bytes(limit + 1)) == f"ZIP file too large: {limit + 1} bytes (max: {limit})"


def test_a_ratio_of_one_hundred_passes_and_of_one_hundred_and_one_does_not() -> None:
    """The quotient is cut to a whole number, so 1009 bytes of 10 are 100 to 1."""
    entry = Entry(b"data.bin", b"0123456789", method=zips.DEFLATED, size=1009)
    assert "suspicious" not in refused(GOOD, entry)
    expected = "suspicious compression ratio in data.bin: 101:1 (max: 100:1)"
    assert refused(GOOD, replace(entry, size=1010)) == expected


def test_a_total_of_the_limit_passes_and_one_byte_more_does_not() -> None:
    """Declared sizes are summed over all entries."""
    part = rules.MAX_TOTAL_BYTES // 10_000
    entries = [*sized(9_999, part)]
    rest = rules.MAX_TOTAL_BYTES - 9_999 * part
    last = Entry(b"last", b"x" * 700, method=zips.DEFLATED, size=rest)
    assert refused(*entries, last) == "SKILL.md not found in ZIP archive"
    expected = "total uncompressed size too large: 524288001 bytes (max: 524288000)"
    assert refused(*entries, replace(last, size=rest + 1)) == expected


def test_a_bad_name_is_reported_before_the_ratio_of_the_same_entry() -> None:
    """Rules are judged entry by entry, and in their order within one."""
    bomb = Entry(b"data.bin", b"0123456789", method=zips.DEFLATED, size=9999)
    assert refused(replace(bomb, name=b"a\x01b")) == "invalid character in filename: a\x01b"
    assert "suspicious" in refused(bomb, zips.file("a\x01b", ""))


def test_a_bomb_is_reported_before_a_missing_skill_md() -> None:
    """What could do harm is looked at first."""
    bomb = Entry(b"data.bin", b"0123456789", method=zips.DEFLATED, size=9999)
    assert "suspicious compression ratio" in refused(bomb)


def test_an_empty_entry_without_any_data_is_accepted() -> None:
    """Some writers name a method for a folder and write nothing, not even an end mark."""
    assert read(GOOD, Entry(b"folder/", method=zips.DEFLATED)) == "# one\n"


def test_a_size_declared_with_no_data_at_all_is_refused() -> None:
    """No compressed bytes means no ratio, so the declaration itself must be true."""
    huge = Entry(b"data.bin", method=zips.DEFLATED, size=400 * 1024 * 1024)
    assert refused(GOOD, huge) == "failed to read data.bin: unexpected EOF"


def test_a_crc_of_zero_is_checked_like_any_other() -> None:
    """The real server takes 0 for 'not given' and believes the content."""
    assert refused(replace(GOOD, crc=0)) == "failed to read SKILL.md: zip: checksum error"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a/b.txt", "a/b.txt"),
        ("folder/", "folder/"),
        ("a//b", "a/b"),
        ("a//", "a/"),
        ("..", ""),
        ("/", ""),
        ("//a", "a"),
        ("a\\b", "a/b"),
        ("a/..", ""),
        ("a/./b", "a/b"),
        (".hidden", ".hidden"),
        ("a..b/...", "a..b/..."),
    ],
)
def test_cleaning_resolves_a_name_below_the_root(name: str, cleaned: str) -> None:
    """No cleaned name leads out of its folder, and an ordinary name is its own."""
    assert cleaned_name(name) == cleaned


@given(st.text(st.sampled_from("a./\\~:;1"), max_size=9))
def test_exactly_the_names_that_cleaning_changes_are_unsafe(name: str) -> None:
    """Beside them those that bsdtar and unzip cut: at a drive, and at a version of VMS."""
    is_cut = re.search(r"^[A-Za-z]:|;\d*$", name) is not None
    expected = is_cut or cleaned_name(name) != name or not name
    try:
        ArchiveReader().check_name(ArchiveReader().directory(zips.pack([zips.file(name, "")]))[0])
    except ArchiveError:
        assert expected
    else:
        assert not expected


@pytest.mark.parametrize("mode", [0o020666, 0o060660, zips.FIFO, 0o140777])
def test_devices_pipes_and_sockets_are_refused(mode: int) -> None:
    """The real server drops them unseen, although the stored artifact keeps them."""
    assert refused(GOOD, zips.file("x", "", mode=mode)) == "special file in ZIP: x"


@pytest.mark.parametrize("mode", [0, 0o644, zips.REGULAR_FILE, 0o104755, 0o102644])
def test_files_of_any_permission_are_accepted(mode: int) -> None:
    """No file type at all is a file, as DOS writers have it; permission bits do not matter."""
    assert read(GOOD, zips.file("x", "", mode=mode)) == "# one\n"
