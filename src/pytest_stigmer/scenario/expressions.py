"""The regular expressions of `matches:`, by RE2, so that no search goes on for ever."""

from __future__ import annotations

from functools import cache
from typing import Any

MAX_WORK = 300_000_000
"""Steps of an expression times bytes of the text: some seconds of a search at worst."""

_SYNTAX = (
    "RE2 runs it, in bounded time: it has no look-around and no backreferences, `\\z` for `\\Z`, "
    "and repeats at most 1000 times; say it in other words, or in several steps"
)


@cache
def compiled(pattern: str) -> Any:
    """Return the expression; raise ValueError, with the cure, for what RE2 does not run."""
    try:
        import re2
    except ImportError:
        # Where no wheel fits, an installation without dependencies still runs all other scenarios.
        raise ValueError("this Python lacks what runs it: pip install google-re2") from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        (reason,) = error.args
        raise ValueError(f"{reason.decode(errors='replace')}; {_SYNTAX}") from None


def mismatch(pattern: str, text: str) -> str:
    """Say why an expression is not found in a text, or was given up; '' if it is found."""
    try:
        expression = compiled(pattern)
    except ValueError as error:
        return f"has an expression that was given up: {error}"
    work = expression.programsize * len(text.encode())
    if work > MAX_WORK:
        return (
            f"has an expression that was given up: its {expression.programsize} steps on this "
            f"text may take {work} in all, and {MAX_WORK} is the limit; make it simpler, with "
            "smaller numbers in braces"
        )
    return "" if expression.search(text) else "does not match the expression"
