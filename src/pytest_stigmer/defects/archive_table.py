"""Defects of what is taken for an artifact: good ones are refused, or SKILL.md becomes another."""

from __future__ import annotations

import unicodedata
from zipfile import ZIP_STORED

from pytest_stigmer.defects.skill_changes import (
    alike,
    refusing_archives,
    refusing_entries,
    with_text,
)

_SKILL_MD = "SKILL.md"
_DATA_DESCRIPTOR = 8
_COMPRESSION_OPTIONS = 6
_FIRST_VERSION = 10
_SHORT_FIELD = 13
_SET_ID = 0o6000
_ALLOWED_FILES = 10_000
_FEWER_FILES = 100
_ALLOWED_RATIO = 100
_ALLOWED_SKILL_MD = 2**20
_SMALL = 2**21

ARCHIVES = (
    *alike(
        "Skills that a common tool has packed cannot be pushed.",
        "contract 3.8",
        {
            "deflated-files-are-refused": refusing_entries(
                lambda entry: entry.compress_type != ZIP_STORED
            ),
            "stored-files-are-refused": refusing_entries(
                lambda entry: entry.compress_type == ZIP_STORED and entry.filename != _SKILL_MD
            ),
            "folder-entries-are-refused": refusing_entries(lambda entry: entry.is_dir()),
            "archive-comment-is-refused": refusing_archives(lambda archive: bool(archive.comment)),
            "entry-comments-are-refused": refusing_entries(lambda entry: bool(entry.comment)),
            "extra-fields-are-refused": refusing_entries(lambda entry: bool(entry.extra)),
            "data-descriptors-are-refused": refusing_entries(
                lambda entry: bool(entry.flag_bits & _DATA_DESCRIPTOR)
            ),
            "archives-of-dos-are-refused": refusing_entries(lambda entry: entry.create_system == 0),
            "zip64-fields-are-refused": refusing_entries(lambda entry: entry.extra[:2] == b"\1\0"),
            "owners-and-times-are-refused": refusing_entries(
                lambda entry: len(entry.extra) > _SHORT_FIELD and entry.extra[:2] != b"\1\0"
            ),
            "compression-options-are-refused": refusing_entries(
                lambda entry: bool(entry.flag_bits & _COMPRESSION_OPTIONS)
            ),
            "first-version-is-refused": refusing_entries(
                lambda entry: entry.extract_version == _FIRST_VERSION
            ),
            "mode-bits-are-refused": refusing_entries(
                lambda entry: bool(entry.external_attr >> 16 & _SET_ID)
            ),
            # As the real command line packs them, for equal hashes of equal folders.
            "undated-files-are-refused": refusing_entries(lambda entry: not entry.date_time[1]),
        },
    ),
    *alike(
        "Skills with ordinary files in them cannot be pushed.",
        "contract 3.8",
        {
            "empty-files-are-refused": refusing_entries(
                lambda entry: not entry.file_size and not entry.is_dir()
            ),
            "names-beyond-ascii-are-refused": refusing_entries(
                lambda entry: not entry.filename.isascii()
            ),
            "unseen-letters-in-names-are-refused": refusing_entries(
                lambda entry: not entry.filename.isprintable()
            ),
            "example-skill-md-is-refused": refusing_archives(
                lambda archive: sum(_SKILL_MD in name for name in archive.namelist()) > 1
            ),
        },
    ),
    *alike(
        "A skill that the documentation allows is refused for its size.",
        "contract 3.8, the limits themselves",
        {
            "hundred-files-are-the-limit": refusing_archives(
                lambda archive: len(archive.infolist()) > _FEWER_FILES
            ),
            "last-file-allowed-is-refused": refusing_archives(
                lambda archive: len(archive.infolist()) >= _ALLOWED_FILES
            ),
            "skill-md-limit-is-halved": refusing_archives(
                lambda archive: archive.getinfo(_SKILL_MD).file_size > _ALLOWED_SKILL_MD // 2
            ),
            "last-byte-allowed-is-refused": refusing_archives(
                lambda archive: archive.getinfo(_SKILL_MD).file_size >= _ALLOWED_SKILL_MD
            ),
            "highest-ratio-is-refused": refusing_entries(
                lambda entry: (
                    entry.file_size
                    >= _ALLOWED_RATIO * (entry.compress_size or entry.file_size or 1)
                )
            ),
            "ratio-counts-fractions": refusing_entries(
                lambda entry: (
                    entry.file_size > _ALLOWED_RATIO * (entry.compress_size or entry.file_size)
                )
            ),
            "two-mebibytes-are-the-limit": refusing_archives(
                lambda archive: sum(entry.compress_size for entry in archive.infolist()) > _SMALL
            ),
        },
    ),
    *alike(
        "The instructions are not the ones that the author has signed by their hash.",
        "contract 3.8: SKILL.md is taken as it is",
        {
            "skill-md-is-trimmed": with_text(str.strip),
            "skill-md-gets-a-last-newline": with_text(lambda text: text.rstrip() + "\n"),
            "crlf-becomes-lf": with_text(lambda text: text.replace("\r\n", "\n")),
            "cr-becomes-lf": with_text(lambda text: text.replace("\r", "\n")),
            "byte-order-mark-is-dropped": with_text(lambda text: text.removeprefix("\ufeff")),
            "skill-md-ends-at-nul": with_text(lambda text: text.partition("\0")[0]),
            "skill-md-is-cut-at-64-kib": with_text(lambda text: text[: 2**16]),
            "skill-md-is-composed": with_text(lambda text: unicodedata.normalize("NFC", text)),
            "skill-md-is-decomposed": with_text(lambda text: unicodedata.normalize("NFD", text)),
        },
    ),
)
"""Every one of them refuses or changes what must be accepted and kept."""
