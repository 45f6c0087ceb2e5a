"""`${name.path}`: values of earlier answers inside the values of a later step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"(\$?)\$\{([^{}]*)\}")
_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)*")


class NoSuchValue(LookupError):
    """A reference names an answer that was not saved, or a field that it does not have."""


def look_up(value: Any, path: str) -> Any:
    """Follow a dotted path through maps and lists; `''` is the value itself.

    Raises NoSuchValue naming the first part that is not there.
    """
    for part in path.split(".") if path else ():
        value = _child(value, part, path)
    return value


def _child(value: Any, part: str, path: str) -> Any:
    if isinstance(value, dict) and part in value:
        return value[part]
    if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
        return value[int(part)]
    raise NoSuchValue(f"no `{part}` on the way to `{path}`; there is {_offer(value)}")


def _offer(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(value) or "nothing"
    return f"a list of {len(value)}" if isinstance(value, list) else "no field at all"


def resolve(value: Any, saved: Mapping[str, Any]) -> Any:
    """Fill in every reference; a text that is one reference keeps the saved value's type.

    `{text: TEXT, times: N}` becomes the text that it stands for, `{numbered: N}` the map.
    """
    if isinstance(value, str):
        return _resolve_text(value, saved)
    if isinstance(value, dict):
        filled = {key: resolve(item, saved) for key, item in value.items()}
        if is_numbered(filled):
            return {str(number): str(number) for number in range(1, filled["numbered"] + 1)}
        return filled["text"] * filled["times"] if is_generated(filled) else filled
    return [resolve(item, saved) for item in value] if isinstance(value, list) else value


def _resolve_text(text: str, saved: Mapping[str, Any]) -> Any:
    if "${" not in text:
        return text
    whole = _REFERENCE.fullmatch(text)
    if whole and not whole[1]:
        return _saved_value(whole[2], saved)
    return _REFERENCE.sub(lambda found: _inside(found, saved), text)


def _inside(found: re.Match[str], saved: Mapping[str, Any]) -> str:
    return found[0][1:] if found[1] else str(_saved_value(found[2], saved))


def _saved_value(reference: str, saved: Mapping[str, Any]) -> Any:
    name, _, path = reference.partition(".")
    if name not in saved:
        raise NoSuchValue(f"nothing was saved as `{name}`")
    try:
        return look_up(saved[name], path)
    except NoSuchValue as error:
        raise NoSuchValue(f"${{{reference}}}: {error}") from None


def is_generated(value: Any) -> bool:
    """Tell whether a value is `{text: TEXT, times: N}`."""
    return isinstance(value, dict) and value.keys() == {"text", "times"}


def is_numbered(value: Any) -> bool:
    """Tell whether a value is `{numbered: N}`; with a text it is a map like any other."""
    return (
        isinstance(value, dict)
        and value.keys() == {"numbered"}
        and isinstance(value["numbered"], int)
    )


def with_case(value: Any, case: Mapping[str, Any]) -> Any:
    """Fill in the values of a case, and nothing else."""
    if isinstance(value, str):
        found = [text for _, text in references(value)]
        of_case = found and all(text.partition(".")[0] == "case" for text in found)
        return _resolve_text(value, {"case": case}) if of_case else value
    if isinstance(value, dict):
        return {key: with_case(item, case) for key, item in value.items()}
    return [with_case(item, case) for item in value] if isinstance(value, list) else value


def references(value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each reference: the keys and indexes that lead to it, and its text in the braces."""
    if isinstance(value, str):
        yield from (((), found[2]) for found in _REFERENCE.finditer(value) if not found[1])
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from (((key, *place), text) for place, text in references(item))


def mentions(value: Any) -> bool:
    """Tell whether any text inside has to be filled in, unescaped or made before it is sent."""
    if isinstance(value, str):
        return "${" in value
    if is_generated(value) or is_numbered(value):
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(mentions(item) for item in items)


def is_well_formed(reference: str) -> bool:
    """Tell whether the text between the braces is a saved name and a dotted path."""
    return _PATH.fullmatch(reference) is not None
