"""The compact forms of a scenario's arguments as the bytes and maps that every target sends."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def content(value: str | Mapping[str, Any]) -> bytes:
    """Return the bytes of a file: a text, `{size: BYTES}` or `{base64: TEXT}`.

    Equal sizes give equal bytes: hexadecimal text, so that it is valid as a SKILL.md and far from
    any limit on compression.
    """
    if isinstance(value, str):
        return value.encode()
    if "base64" in value:
        return base64.b64decode(value["base64"], validate=True)
    size: int = value["size"]
    return hashlib.shake_128(b"stigmer").hexdigest((size + 1) // 2)[:size].encode()


def nested(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the dotted paths of `message` into the nested maps that protobuf's JSON reads."""
    result: dict[str, Any] = {}
    for path, value in paths.items():
        *parents, last = path.split(".")
        place = result
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return result
