"""Rows are not messages: the one place that turns one into the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.errors import UndecodableRow

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.store.interface import M


def encode(message: Message | None) -> bytes:
    """Serialise deterministically: equal messages give equal bytes."""
    if message is None:
        msg = "a message is needed, not None"
        raise TypeError(msg)
    return message.SerializeToString(deterministic=True)


def decode(message_class: type[M], data: object, kind: str, resource_id: str) -> M:
    """Parse a row's blob as `message_class`; raise UndecodableRow when it is something else."""
    from google.protobuf.message import DecodeError

    if not isinstance(data, bytes):
        raise UndecodableRow.of(kind, resource_id, f"data is {type(data).__name__}, not bytes")
    try:
        return message_class.FromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise UndecodableRow.of(kind, resource_id, error) from error
