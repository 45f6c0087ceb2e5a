"""Messages as plain values, the form in which scenarios compare answers."""

from __future__ import annotations

import base64
import copy
import hashlib
import marshal
from dataclasses import replace
from functools import cache, lru_cache, partial, reduce
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import UsageError
from pytest_stigmer.scenario.target import Rpc, answered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message

    from pytest_stigmer.scenario.target import Answer
    from pytest_stigmer.skills.endpoint import Exchanged, SkillClient

_SHORT = 1 << 12
"""Up to how many bytes a message is known again: most are listed many times over."""
_MAX_REQUEST = 1 << 16
"""The longest request that is kept to be shown: nobody calls with more by hand."""


def performed(skills: SkillClient, act: Callable[[], Any]) -> Answer:
    """Return the answer of a verb in plain values, with the call by which `skills` asked for it."""
    before = getattr(skills, "exchanged", None)
    answer = answered(lambda: answer_value(act()))
    made = getattr(skills, "exchanged", None)
    if made is before or made is None or len(made.request) > _MAX_REQUEST:
        return answer
    return replace(answer, rpc=partial(_rpc, made))


def _rpc(made: Exchanged) -> Rpc:
    from google.protobuf.json_format import MessageToDict

    method, answer = made.method, made.answer
    name = method.path.lstrip("/")
    request = MessageToDict(method.request.FromString(made.request))
    if isinstance(answer, bytes):
        return Rpc(name, request, "OK", "", MessageToDict(method.response.FromString(answer)))
    status, message = (answer.code, answer.details) if answer else ("no answer", "")
    return Rpc(name, request, status, message, None)


def plain(message: Message) -> dict[str, Any]:
    """Return a message as a dict with proto field names, every field included.

    Enums are named, bytes are base64, timestamps are text as in protobuf's JSON, a message field
    that is not set is None. Fields that the class does not know are `unknown`, as their bytes.
    """
    data = message.SerializeToString(deterministic=True)
    if len(data) > _SHORT:
        return _read(message)
    message_class: Any = type(message)
    found: dict[str, Any] = marshal.loads(_known(message_class, data))  # noqa: S302 - our own
    return found


def described(fields: Mapping[str, Any], message_class: Any) -> Any:
    """Return the message that a map of dotted paths describes; raise UsageError for none."""
    from google.protobuf.json_format import ParseDict, ParseError

    nested: dict[str, Any] = {}
    newer = []
    for path, value in fields.items():
        *parents, last = path.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise UsageError(f"{fields!r}: {path} lies in {parent}, which is no map")
        if last == "unknown":
            newer.append((parents, base64.b64decode(value)))
        else:
            place[last] = copy.deepcopy(value)
    try:
        made = ParseDict(nested, message_class())
    except ParseError as error:
        raise UsageError(f"{fields!r} describes no Skill: {error}") from None
    for parents, data in newer:
        reduce(getattr, parents, made).MergeFromString(data)
    return made


def answer_value(value: Any) -> Any:
    """Return what a verb gave, a message, a list, an artifact or a number, as plain values.

    A message is emptied: it is the caller's, and nobody else may be answered what he made of it.
    """
    if isinstance(value, list):
        return [answer_value(element) for element in value]
    if isinstance(value, bytes):
        return plain_artifact(value)
    if not hasattr(value, "DESCRIPTOR"):
        return value
    found = plain(value)
    value.Clear()
    return found


def plain_artifact(data: bytes) -> dict[str, Any]:
    """Return an artifact as its base64, its SHA-256 in hex and its size in bytes."""
    return {
        "artifact": base64.b64encode(data).decode(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }


@lru_cache(maxsize=1 << 13)
def _known(message_class: Any, data: bytes) -> bytes:
    """Return the dict packed: whoever gets it may change his own."""
    return marshal.dumps(_read(message_class.FromString(data)))


def _read(message: Message) -> dict[str, Any]:
    from google.protobuf.unknown_fields import UnknownFieldSet

    found = {name: read(message) for name, read in _readers(message.DESCRIPTOR)}
    if len(UnknownFieldSet(message)):
        rest = type(message).FromString(message.SerializePartialToString())
        for field, _ in rest.ListFields():
            rest.ClearField(field.name)
        found["unknown"] = base64.b64encode(rest.SerializePartialToString()).decode()
    return found


@cache
def _readers(descriptor: Descriptor) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((field.name, _reader(field)) for field in descriptor.fields)


def _reader(field: FieldDescriptor) -> Callable[[Any], Any]:
    name = field.name
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return lambda message: dict(sorted(getattr(message, name).items()))
    one = _of_one(field)
    if field.is_repeated:
        return lambda message: [one(value) for value in getattr(message, name)]
    if field.message_type is not None:
        return lambda message: one(getattr(message, name)) if message.HasField(name) else None
    return lambda message: one(getattr(message, name))


def _of_one(field: FieldDescriptor) -> Callable[[Any], Any]:
    if field.message_type is not None:
        if field.message_type.full_name == "google.protobuf.Timestamp":
            return lambda timestamp: timestamp.ToJsonString()
        return _read
    if field.enum_type is not None:
        names = field.enum_type.values_by_number
        return lambda number: names[number].name if number in names else number
    if field.type == field.TYPE_BYTES:
        return lambda data: base64.b64encode(data).decode()
    return lambda value: value
