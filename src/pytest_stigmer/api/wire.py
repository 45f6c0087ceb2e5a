"""Serialized messages below the level of classes: why one does not parse, who wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

MALFORMED = "proto: cannot parse invalid wire-format data"
BAD_UTF8 = "string field contains invalid UTF-8"

_VARINT, _FIXED64, _LENGTH, _GROUP, _GROUP_END, _FIXED32 = range(6)
_WIRE_NAMES = ("a varint", "64 bits wide", "length-delimited", "a group", "a group", "32 bits wide")
_MAX_VARINT = 10

# FieldDescriptor.TYPE_*; the API has no other types, no packed and no fixed-width fields.
_STRING, _MESSAGE, _BYTES = 9, 11, 12
_DELIMITED = (_STRING, _MESSAGE, _BYTES)


def why_undecodable(message_type: Descriptor, data: bytes) -> str:
    """Say why `data` does not parse as this message, in the words of the real server.

    They follow `grpc: error unmarshalling request: ` there (stigmer b070f18, protobuf-go).
    """
    try:
        sound = _strings_are_utf8(message_type, memoryview(data))
    except ValueError:
        return MALFORMED
    return MALFORMED if sound else BAD_UTF8


def foreign(message_type: Descriptor, data: bytes, generation: str) -> str | None:
    """Say why `data` was not written for this API generation, or None when nothing shows it.

    Protobuf takes a known field of another wire type for an unknown one and drops it silently, so a
    client of another generation would be told that a field is missing which it did send.
    """
    for number, wire, _ in _fields(memoryview(data)):
        field = message_type.fields_by_number.get(number)
        if field is not None and wire != _wire_type(field):
            return _misread(message_type, field, wire, generation)
    return None


def _misread(message_type: Descriptor, field: FieldDescriptor, wire: int, generation: str) -> str:
    known = ", ".join(f"{known.name} {known.number}" for known in message_type.fields)
    return (
        f"this {message_type.name} is of another API generation: field {field.number} is "
        f"{_WIRE_NAMES[wire]}, but {field.name} is {_WIRE_NAMES[_wire_type(field)]}; the server "
        f"speaks generation {generation} ({known}): use stubs of that generation"
    )


def _wire_type(field: FieldDescriptor) -> int:
    return _LENGTH if field.type in _DELIMITED else _VARINT


def _strings_are_utf8(message_type: Descriptor, data: memoryview) -> bool:
    for number, wire, content in _fields(data):
        field = message_type.fields_by_number.get(number)
        if field is None or wire != _LENGTH:
            continue
        if field.type == _STRING and not _is_utf8(content):
            return False
        nested = field.message_type
        if nested is not None and not _strings_are_utf8(nested, content):
            return False
    return True


def _is_utf8(content: memoryview) -> bool:
    try:
        str(content, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fields(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield number, wire type and content of each top-level field; ValueError on bad bytes."""
    at, depth = 0, 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        start, at = _extent(data, at, wire)
        depth -= wire == _GROUP_END
        if depth == 0 and wire != _GROUP_END:
            yield number, wire, data[start:at]
        depth += wire == _GROUP


def _extent(data: memoryview, at: int, wire: int) -> tuple[int, int]:
    """Return where the content that follows a key starts and ends."""
    if wire == _VARINT:
        return at, _varint(data, at)[1]
    if wire == _LENGTH:
        length, at = _varint(data, at)
    else:
        length = {_FIXED64: 8, _FIXED32: 4, _GROUP: 0, _GROUP_END: 0}.get(wire, len(data) + 1)
    if at + length > len(data):
        raise ValueError(MALFORMED)
    return at, at + length


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(data[at : at + _MAX_VARINT]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004
            return value, at + index + 1
    raise ValueError(MALFORMED)
