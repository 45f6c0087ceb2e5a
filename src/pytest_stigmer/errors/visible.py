"""How texts are shown: numbers, paths, and what a stranger wrote, which no terminal may obey."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path

_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of control, format (bidirectional marks too), surrogates, separators."""

_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\[)", re.MULTILINE)
"""What GitHub and Azure read as a command of the job's, at the start of a line or within it."""


def visible(text: object, *, line: bool = False) -> str:
    r"""Return a text as it may be shown: control characters as escapes such as `\x1b`.

    Line ends and tabs stay, unless it is to be one `line`. A line that a CI service would take for
    a command is shown with its first character escaped.
    """
    shown = str(text)
    if not shown.isprintable():
        kept = "" if line else "\n\t"
        shown = "".join(one if one in kept else _escaped(one) for one in shown)
    return _COMMAND.sub(lambda found: f"{found[1] or ''}\\x{ord(found[0][-1]):02x}", shown)


def visible_json(data: object, *, indent: int | None = None) -> str:
    """Return data as JSON in ASCII that no terminal and no CI service obeys."""
    return json.dumps(data, indent=indent).replace("##[", "\\u0023#[")


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _OBEYED:
        return character
    return character.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which gets an `s` unless there is one: `2 scenarios`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def told_path(path: object) -> str:
    """Return a path as whoever stands in the current folder would write it."""
    try:
        return os.fspath(Path(str(path)).relative_to(Path.cwd()))
    except (ValueError, OSError):  # it lies elsewhere; or the folder is gone
        return str(path)
