"""Readers that leave out one rule of archives: entries of a table."""

from __future__ import annotations

from pytest_stigmer.defects.change import Row
from pytest_stigmer.defects.skill_changes import leaving_out

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
)
"""Each rule that no reader may leave out."""
