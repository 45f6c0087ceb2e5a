"""Skill artifacts: small valid ZIPs, a pure function of their content."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories import zips

if TYPE_CHECKING:
    from collections.abc import Mapping

SKILL_MD = "SKILL.md"
"""The one file that every artifact must hold."""

DEFAULT_SKILL_MD = """\
---
name: calculator
description: Adds, subtracts, multiplies and divides two numbers.
---

# Calculator

Run `scripts/run.sh LEFT OPERATOR RIGHT` and report the number it prints.
"""

DEFAULT_FILES: Mapping[str, str] = {"scripts/run.sh": '#!/bin/sh\nexpr "$1" "$2" "$3"\n'}

_SCRIPT_ENDINGS = (".sh", ".py", ".bash", ".js", ".rb")


def artifact(
    *, skill_md: str | bytes = DEFAULT_SKILL_MD, files: Mapping[str, str | bytes] | None = None
) -> bytes:
    """Return a valid skill ZIP: SKILL.md first, then `files` by name, scripts executable.

    Equal arguments give equal bytes, hence one version hash, on every platform: timestamps, order
    and attributes are fixed, and the content is stored rather than deflated, because zlib builds
    differ in what they emit. `files` maps relative paths to text (written as UTF-8) or bytes; None
    means one example script. Raises UsageError when it names SKILL.md too.
    """
    extra = DEFAULT_FILES if files is None else files
    if SKILL_MD in extra:
        raise UsageError(f"files names {SKILL_MD}: give its text as skill_md=...")
    return _packed(skill_md, tuple(sorted(extra.items())))


# A proof pushes the same few artifacts to every defective registry; the largest are ten megabytes.
@functools.lru_cache(maxsize=4)
def _packed(skill_md: str | bytes, files: tuple[tuple[str, str | bytes], ...]) -> bytes:
    first = zips.file(SKILL_MD, skill_md)
    rest = [zips.file(name, content, mode=_mode(name)) for name, content in files]
    return zips.pack([first, *rest])


def _mode(name: str) -> int:
    is_script = name.startswith("scripts/") or name.endswith(_SCRIPT_ENDINGS)
    return zips.EXECUTABLE_FILE if is_script else zips.REGULAR_FILE
