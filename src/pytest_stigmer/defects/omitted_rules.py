"""Readers that leave out one rule of archives, or a part of it: entries of a table."""

from __future__ import annotations

import io
import re
import stat
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.defects.skill_changes import alike, leaving_out
from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.archive import MAX_TOTAL_BYTES, SKILL_MD, Archive, ArchiveReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry


def _forgiving(refusal: str) -> Callable[[Recipe], Recipe]:
    """Take what is refused in such words as Python's zipfile reads it, where it can."""

    class Forgiving(ArchiveReader):
        def read(self, data: bytes) -> Archive:
            try:
                return super().read(data)
            except ArchiveError as error:
                if not re.search(refusal, str(error)):
                    raise
                try:
                    with ZipFile(io.BytesIO(data)) as archive:
                        text = archive.read(SKILL_MD).decode()
                except (BadZipFile, KeyError, NotImplementedError):
                    raise error from None
                return Archive(text, sha256(data).hexdigest())

    return partial(in_place, part=Forgiving)


class _OfKnownSystems(ArchiveReader):
    """Looks for links and pipes, and for nothing else that is no file."""

    def check_type(self, entry: Entry) -> None:
        kind = stat.S_IFMT(entry.attributes >> 16)
        if kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR):
            super().check_type(entry)


class _OneByteMore(ArchiveReader):
    """Lets one byte more than allowed pass, in all."""

    def check_total(self, entries: list[Entry]) -> None:
        if sum(entry.size for entry in entries) != MAX_TOTAL_BYTES + 1:
            super().check_total(entries)


class _OneByteLess(ArchiveReader):
    """Refuses as many bytes as are allowed, in all."""

    def check_total(self, entries: list[Entry]) -> None:
        super().check_total([*entries, entries[0]._replace(size=1)])


_SERVER = "stigmer b070f18, zip_extractor.go"

OMITTED = (
    Row(
        "control-characters-are-accepted",
        "Listings and terminals show another name than the one that is unpacked.",
        "TestExtractSkillMd_InvalidFilename of b070f18",
        leaving_out("check_characters"),
    ),
    Row(
        "compression-ratio-is-not-checked",
        "A few kilobytes unpack to what the disk does not hold.",
        "TestExtractSkillMd_ZipBomb_HighRatio of b070f18",
        leaving_out("check_ratio"),
    ),
    Row(
        "links-are-accepted",
        "The path that a link points to becomes the instructions, and reading the skill's files "
        "reads the machine's.",
        "D48",
        leaving_out("check_type"),
    ),
    Row(
        "other-files-are-trusted",
        "A bomb that declares to be small is stored and served.",
        f"{_SERVER}: SKILL.md alone is read",
        leaving_out("check_others"),
    ),
    Row(
        "number-of-files-is-not-checked",
        "Unpacking one skill exhausts the inodes of the disk.",
        "TestExtractSkillMd_TooManyFiles of b070f18",
        leaving_out("check_number"),
    ),
    Row(
        "directory-is-believed",
        "Headers beside the bytes say something else, and extractors follow them; bytes that "
        "belong to nobody carry what nobody looked at.",
        f"{_SERVER}: local headers are not compared",
        leaving_out("check_layout"),
    ),
    Row(
        "bytes-around-the-archive-are-accepted",
        "A second archive in the same file is what another program unpacks.",
        "contract 3.8: Go accepts bytes before and after",
        leaving_out("check_place"),
    ),
    Row(
        "flags-are-not-looked-at",
        "Python cannot open the skill: patched, strongly encrypted or of a later version.",
        "contract 3.8: Go ignores flags and versions",
        leaving_out("check_flags"),
    ),
    Row(
        "unwritable-names-are-accepted",
        "A skill is pushed that no machine can unpack, or clean up after.",
        f"{_SERVER}: no limit for names",
        leaving_out("check_length"),
    ),
    Row(
        "entries-are-judged-alone",
        "Two files are one on the agent's machine: SKILL.md beside SKILL.md/x or skill.md.",
        f"{_SERVER}: entries are not compared",
        leaving_out("check_paths"),
    ),
    *alike(
        "A skill is pushed that is whole for one program and broken or another for the next.",
        "contract 3.8: Go reads what the directory says",
        {
            "zip64-locator-is-not-checked": _forgiving("ZIP64 end record is not where"),
            "wide-end-record-wins": _forgiving("end records contradict|ZIP64 end .* unknown form"),
            "disks-and-totals-are-not-checked": _forgiving(
                "^invalid ZIP file: zip: not a valid zip file$"
            ),
            "known-extra-fields-have-any-length": _forgiving(
                "0x(000a|5|7[^0]|cafe).* wrong length"
            ),
            "wide-fields-are-not-compared": _forgiving("its ZIP64 field"),
            "times-and-flags-may-differ": _forgiving("its two headers differ$"),
            "one-stray-byte-is-accepted": _forgiving(r"\b1 bytes (before|between|after)"),
            "reserved-flags-are-not-looked-at": _forgiving("its flags 0x"),
            "next-version-is-accepted": _forgiving("needs version 4.6"),
            "paths-are-limited-by-their-parts": _forgiving(r"too long: .*\(3841 characters"),
            "code-pages-are-not-looked-at": _forgiving("caf\u00e9.md .neither ASCII"),
        },
    ),
    Row(
        "rare-types-are-files",
        "What is unpacked is a device, a socket or a volume label of the agent's machine.",
        f"{_SERVER}: modes of Unix alone",
        partial(in_place, part=_OfKnownSystems),
    ),
    Row(
        "aliases-differ-in-case-alone",
        "On Windows another file takes the place of the instructions.",
        f"{_SERVER}: entries are not compared",
        _forgiving(f"second {SKILL_MD} in ZIP: (?!skill)"),
    ),
    *alike(
        "The limit here is another than the one of the real server.",
        "contract 3.8: the sum over the limit is refused",
        {
            "total-limit-is-off-by-one": partial(in_place, part=_OneByteMore),
            "total-of-the-limit-is-refused": partial(in_place, part=_OneByteLess),
        },
    ),
)
"""Each rule that no reader may leave out."""
