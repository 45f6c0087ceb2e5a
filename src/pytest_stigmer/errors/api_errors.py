"""What a call of the skill API ends with."""

from __future__ import annotations

from typing import Any, Self

from pytest_stigmer.errors.base_error import StigmerError
from pytest_stigmer.errors.visible import visible


class UndecodableMessage(StigmerError, ValueError):
    """Bytes that do not parse as the message class that was asked for."""

    code = "INTERNAL"

    def __init__(self, type_name: str, reason: str) -> None:
        super().__init__(f"{type_name} does not decode: {reason}")
        self.type_name = type_name
        self.reason = reason

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Pickle by type and reason, so that the error crosses processes."""
        return type(self), (self.type_name, self.reason)


LONGEST_DETAILS = 4096
"""How many bytes the text of a status may have on the wire, where gRPC writes all but the printable
characters of ASCII as %XX. An ordinary client takes 8 KiB of metadata, this text among it."""

_WIDEST = 12
_PLAIN = range(0x20, 0x7F)


def cut(text: str) -> str:
    """Return a text that fits into the status of a call; what was cut, at a character, is counted.

    Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, `grpc-message`.
    """
    if len(text) * _WIDEST <= LONGEST_DETAILS:
        return text
    note = "... ({} more characters)"
    room, kept = LONGEST_DETAILS - len(note.format(len(text))), 0
    whole = 0
    for number, character in enumerate(text, 1):
        whole += _width(character)
        if whole <= room:
            kept = number
        elif whole > LONGEST_DETAILS:
            return text[:kept] + note.format(len(text) - kept)
    return text


def _width(character: str) -> int:
    if ord(character) in _PLAIN and character != "%":
        return 1
    return 3 * len(character.encode("utf-8", "replace"))


class StatusError(StigmerError):
    """A failed call of the skill API: `code` is the gRPC status name, `details` its text.

    A text that is longer than `LONGEST_DETAILS` is cut, so that it is the same on every channel.
    """

    def __init__(self, code: str, details: str) -> None:
        details = cut(details)
        super().__init__(f"{code}: {visible(details)}")
        self.code = code  # type: ignore[misc]
        self.details = details

    @classmethod
    def of(cls, error: Exception) -> StatusError:
        """Return the status that any failure ends a call with.

        An error that is none of this package's is INTERNAL and named by its type alone: its text is
        for whoever runs the server.
        """
        if isinstance(error, StatusError):
            return error
        if isinstance(error, StigmerError):
            return cls(error.code, str(error))
        return cls("INTERNAL", f"internal error: {type(error).__name__}")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Pickle by code and details, so that the error crosses processes."""
        return type(self), (self.code, self.details)


class ServerLost(StatusError):
    """The server under test does not answer any more; nothing further is sent to it."""

    def __str__(self) -> str:
        """Return the text alone: the status is ours, not the server's."""
        return visible(self.details)

    @classmethod
    def never_there(cls, address: str, seconds: float, why: object) -> Self:
        """Name the address where nobody answered, and for how long it was tried."""
        return cls(
            "UNAVAILABLE",
            f"no server answers at {address} within {seconds:g} s ({_line(why)}): start it, or "
            "correct the target's address and the TLS options",
        )

    @classmethod
    def no_tls(cls, address: str, why: object) -> Self:
        """Name the address where somebody answers whom TLS does not let through, and say why."""
        return cls(
            "UNAVAILABLE",
            f"the server at {address} answers, but not over TLS ({_line(why)}): name the authority "
            "of its certificate (--tls-ca, --stigmer-tls-ca), address it by a name in the "
            "certificate, or leave the TLS options out if it serves none",
        )

    @classmethod
    def during(cls, address: str, method: str, why: StatusError) -> Self:
        """Name the call at which the server fell silent."""
        return cls(
            "UNAVAILABLE",
            f"the server {address} was lost at {method} ({_line(why)}); "
            "nothing more is sent to it in this run",
        )


class ArchiveError(StigmerError):
    """A pushed artifact that is not an acceptable ZIP; the text is the archive rule's own."""

    code = "INVALID_ARGUMENT"


STATUS_SHAPES = (
    "an error must have `code`, the name of a gRPC status ('NOT_FOUND'), an enum member of that "
    "name, or a method that returns either, as grpc.RpcError has; `details` may be a text or a "
    "method that returns it"
)
"""How a failed call may carry its status."""


def carried_status(error: BaseException) -> tuple[str, str] | None:
    """Return the gRPC status name and text of anybody's error, or None; see `STATUS_SHAPES`."""
    code = _called(getattr(error, "code", None))
    name = getattr(code, "name", code)
    if not isinstance(name, str):
        return None
    return name, str(_called(getattr(error, "details", None)) or error)


def _called(value: Any) -> Any:
    return value() if callable(value) else value


def _line(text: object) -> str:
    return " ".join(str(text).split())
