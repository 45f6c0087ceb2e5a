"""A client below gRPC: it can stop in the middle of a request, which no gRPC library does."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS = 0, 1, 3, 4
_END_STREAM, _END_HEADERS = 1, 4


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()


class RawClient:
    """One connection; each call is a stream of it."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._last = -1
        self._socket.sendall(_PREFACE + _frame(_SETTINGS, 0, 0))

    def begin(self, path: str, more: Mapping[str, str] | None = None) -> int:
        """Send the headers of a call; return its stream."""
        self._last += 2
        headers = {
            ":method": "POST",
            ":scheme": "http",
            ":path": path,
            ":authority": "localhost",
            "content-type": "application/grpc",
            "te": "trailers",
            **(more or {}),
        }
        block = b"".join(b"\x00" + _text(key) + _text(value) for key, value in headers.items())
        self._socket.sendall(_frame(_HEADERS, _END_HEADERS, self._last, block))
        return self._last

    def message(self, stream: int, data: bytes, *, length: int | None = None) -> None:
        """Send a message whose head says that it is `length` long; it stays half-sent if longer."""
        said = len(data) if length is None else length
        flags = _END_STREAM if said == len(data) else 0
        head = b"\x00" + struct.pack(">I", said)
        self._socket.sendall(_frame(_DATA, flags, stream, head + data))

    def half_send(self, path: str, *, length: int = 1000) -> int:
        """Begin a call and send one byte of its request; return its stream."""
        stream = self.begin(path)
        self.message(stream, b"\x0a", length=length)
        return stream

    def reset(self, stream: int) -> None:
        """Cancel a call."""
        self._socket.sendall(_frame(_RESET, 0, stream, struct.pack(">I", 8)))

    def read_until(self, word: bytes) -> bytes:
        """Return what the server sends until a word, or the end of the connection, came."""
        found = b""
        with suppress(ConnectionError):
            while word not in found and (some := self._socket.recv(4096)):
                found += some
        return found

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
