"""Bad artifacts with an entry one step beyond what every program can unpack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.artifacts import SKILL_MD
from pytest_stigmer.factories.edge_archives import FILE, Kind
from pytest_stigmer.factories.flaws import BadArtifact, beside_good

_SECOND = f"second {SKILL_MD} in ZIP"


def edges_of_entries() -> Iterator[BadArtifact]:
    """Yield the whole group."""
    for group, harm, text in (
        (_flags, "some programs cannot read it, or not as it was meant", "data.bin"),
        (_types, "it is no file on the machine that unpacks it", " in ZIP: "),
        (_names, "the file that an agent finds has another name", "filename"),
        (_aliases, "on another system it takes the place of the instructions", _SECOND),
    ):
        for kind, build in group():
            yield BadArtifact(kind, harm, text, build)


def _flags() -> Iterator[Kind]:
    for bit in (4, 7, 8, 10, 12, 13, 15):
        flagged = replace(FILE, flags=FILE.flags | 1 << bit)
        yield f"flag_{bit}", partial(beside_good, flagged)
    yield "marked_as_encrypted", partial(beside_good, replace(FILE, flags=FILE.flags | 1))
    yield "version_46", partial(beside_good, replace(FILE, needed=46))


def _types() -> Iterator[Kind]:
    for kind, mode in {"socket": 0o140644, "block_device": 0o060644, "device": 0o020644}.items():
        yield kind, partial(beside_good, replace(FILE, mode=mode))
    yield "unknown_type", partial(beside_good, replace(FILE, mode=0o110644))
    for kind, dos in {"volume_label": 0x08, "reparse_point": 0x400}.items():
        yield kind, partial(beside_good, replace(FILE, creator=0, mode=0, dos=dos))
    device = replace(FILE, name=b"-", creator=0, mode=0, dos=0x40)
    yield "dos_device_named_as_from_a_pipe", partial(beside_good, device)
    amiga = replace(FILE, creator=1, mode=0o4000)
    yield "amiga_folder", partial(beside_good, amiga)
    piped = replace(FILE, mode=zips.FIFO)
    yield "pipe_of_an_early_name", partial(beside_good, replace(piped, name=b"!data.bin"))
    yield (
        "device_named_as_from_a_pipe",
        partial(beside_good, replace(FILE, name=b"-", mode=0o020644)),
    )


def _names() -> Iterator[Kind]:
    for kind, name in {
        "empty_name": "",
        "double_dot": "..",
        "dot_within": "docs/./a.md",
        "slash_twice": "docs//a.md",
        "backslash_within": "docs\\a.md",
        "drive_in_lower_case": "z:",
        "version_of_two_digits": "notes.md;10",
        "last_control_character": "a\x1fb",
        "path_over_3840_bytes": longest_path(1),
    }.items():
        yield kind, partial(beside_good, zips.file(name, "x"))
    for creator in (0, 6, 11):
        paged = replace(zips.file("caf\u00e9.md", "x"), creator=creator, mode=0)
        yield f"marked_name_of_system_{creator}", partial(beside_good, paged)
    unmarked = replace(zips.file("caf\u00e9.md", "x"), flags=2)
    yield "unmarked_name_with_options", partial(beside_good, unmarked)
    yield "name_of_high_bytes", partial(beside_good, zips.Entry(b"\xff\xff"))
    yield "half_as_many_folders_again", partial(beside_good, zips.file("a/" * 150 + "a", "x"))


def longest_path(more: int = 0) -> str:
    """Return the longest path that is taken: no part of it is too long."""
    return "/".join(("x" * 255,) * 14 + ("x" * 200, "x" * (55 + more)))


def _aliases() -> Iterator[Kind]:
    for kind, name in {
        "skill_md_with_a_blank": "SKILL.md ",
        "skill_md_with_dots": "SKILL.md. .",
        "skill_md_in_capitals": "SKILL.MD",
        "skill_md_with_a_stream": "SKILL.md:x",
        "skill_md_in_wide_letters": "\uff33KILL.md",
        "skill_md_folder_in_lower_case": "skill.md/x",
    }.items():
        yield kind, partial(beside_good, zips.file(name, "# Another\n"))
