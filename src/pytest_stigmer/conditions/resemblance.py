"""Texts that resemble another one and are not the same: each is a way to mistake two names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LONG = "x" * 4096
_DIGITS = re.compile(r"(.*?)(\d+)", re.DOTALL | re.ASCII)
_COMPATIBLE = str.maketrans("kKsa1", "\u212a\u212a\u017f\uff41\uff11")


@cache
def resembling(text: str) -> tuple[str, ...]:
    """Return texts that a careless comparison takes for this one, or for each other."""
    made = [
        *(text.swapcase(), text.upper(), text.lower(), text.title(), text.translate(_COMPATIBLE)),
        *(unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC")),
        *(text[:-1], text[1:], f"{text}x", f"x{text}", text * 2, f"{text}/x", f"x/{text}"),
        *(f" {text}", f"{text} ", f"\t{text}", f"{text}\n", f"{text}\r\n", f"\ufeff{text}"),
        *(f"{text}\0", f"{text}\0x", f"\0{text}"),
        *(f"{text[:-1]}{wildcard}" for wildcard in "%_*?"),
        *("%", "*", "_" * len(text), f"[{text[:1]}]{text[1:]}"),
        *(f"'{text}'", f'"{text}"', f"{text}\\", f"{text};"),
        *_numbers(text),
        *(f"{text}{pair}" for pair in ("\u00e9", "e\u0301", "\u00df", "ss", "\u0130", "i\u0307")),
        *(text + _LONG, f"{text}{_LONG}y"),
        "",
    ]
    return tuple(one for one in dict.fromkeys(made) if one != text)


def _numbers(text: str) -> list[str]:
    """Return texts that are equal to one that ends in a number, as numbers; else to each other."""
    found = _DIGITS.fullmatch(text)
    head, digits = found.groups() if found else (text, "7")
    equal = [f"{head}0{digits}", f"{head}{digits}.0", f"{head}+{digits}", f"{head}{digits}e0"]
    return equal if found else [f"{head}{digits}", *equal]
