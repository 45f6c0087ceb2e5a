"""The client's end of the wire: channels, the skill API in bytes, stubs, the control API."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import grpc

from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.control_api import control_api
from pytest_stigmer.service.handlers import NAMESPACE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stigmer.api.generation import Generation

CALL_SECONDS = 30.0
"""The deadline of every call that this package makes; none is ever repeated."""

_LOOPBACKS = ("127.", "localhost", "[::1]", "unix:")
_MAX_METADATA = 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_metadata_size", _MAX_METADATA),
    ("grpc.absolute_max_metadata_size", _MAX_METADATA),
    ("grpc.enable_retries", 0),
    # Channels with equal options to one address would share a connection, and its loss.
    ("grpc.use_local_subchannel_pool", 1),
)

DIRECT_OPTIONS = (*_OPTIONS, ("grpc.enable_http_proxy", 0))
"""Options of a channel to this host, whatever proxy the environment names."""


@dataclass(frozen=True)
class ClientTls:
    """How a client checks the server: by the system's roots, or by those of a PEM file's text."""

    roots: bytes | None = None


def open_channel(address: str, tls: ClientTls | None = None) -> Any:
    """Return a channel to HOST:PORT, plain unless `tls` is given.

    It takes answers up to the server's limit, repeats no call, and reaches loopback directly,
    whatever proxy the environment names.
    """
    options = DIRECT_OPTIONS if address.startswith(_LOOPBACKS) else _OPTIONS
    if tls is None:
        return grpc.insecure_channel(address, options)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(tls.roots), options)


class Impatience:
    """A caller that does not wait for the answer: he cancels, or his deadline passes.

    That happens after `seconds`, or once `leave` is called from another thread, which only
    cancelling can do.
    """

    def __init__(self, how: str, seconds: float) -> None:
        self._has_deadline = how == "deadline"
        self._seconds = seconds
        self._future: Any = None
        self._is_made = Event()
        self.code = "DEADLINE_EXCEEDED" if self._has_deadline else "CANCELLED"

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Make the calls of this thread in the block so."""
        before = IMPATIENCE.set(self)
        try:
            yield
        finally:
            IMPATIENCE.reset(before)

    def leave(self) -> None:
        """Cancel the call, unless it has a deadline, which passes by itself."""
        if not self._has_deadline and self._is_made.wait(CALL_SECONDS):
            self._future.cancel()

    def call(self, rpc: Any, request: bytes, metadata: Any) -> bytes:
        """Make a call; raise what the caller sees of it."""
        most = self._seconds if self._has_deadline else CALL_SECONDS
        self._future = rpc.future(request, timeout=most, metadata=metadata)
        self._is_made.set()
        try:
            answer: bytes = self._future.result(most if self._has_deadline else self._seconds)
        except (grpc.FutureTimeoutError, grpc.FutureCancelledError):
            self._future.cancel()
            raise StatusError(self.code, "the caller went away") from None
        return answer


IMPATIENCE: ContextVar[Impatience | None] = ContextVar("pytest_stigmer_impatience", default=None)
"""How the next call of this thread ends before it is answered."""


class GrpcTransport:
    """Carries the skill API's bytes over a channel; a failure is a StatusError."""

    def __init__(
        self,
        channel: Any,
        generation: Generation,
        *,
        metadata: Sequence[tuple[str, str]] = (),
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._metadata = tuple(metadata)
        self._seconds = seconds
        self._calls = {
            name: channel.unary_unary(method.path) for name, method in generation.methods.items()
        }

    def call(self, method: str, request: bytes) -> bytes:
        """Make one call by its wire name; raise StatusError with the server's code and text."""
        rpc, impatience = self._calls[method], IMPATIENCE.get()
        try:
            if impatience is not None:
                return impatience.call(rpc, request, self._metadata)
            answer: bytes = rpc(request, timeout=self._seconds, metadata=self._metadata)
        except grpc.RpcError as error:
            raise status_of(error) from error
        return answer


def status_of(error: Any) -> StatusError:
    """Return the status of a failed call as this package's own error."""
    return StatusError(error.code().name, error.details() or "")


class Stub:
    """One service's methods by their wire names, on a channel, sync or asyncio.

    Requests may be of any message class with the right fields; answers are of the generation's.
    """

    def __init__(self, channel: Any, generation: Generation, service: str) -> None:
        for name, method in generation.methods.items():
            if method.path.split("/")[1].endswith(f".{service}"):
                call = channel.unary_unary(
                    method.path,
                    request_serializer=_serialized,
                    response_deserializer=method.response.FromString,
                )
                setattr(self, name, call)

    def __getattr__(self, name: str) -> Any:
        """Refuse a name that is no method; those are ordinary attributes."""
        known = ", ".join(sorted(vars(self)))
        raise AttributeError(f"no method {name!r}; there are {known}", name=name, obj=self)


def _serialized(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data


class ControlClient:
    """Steers one namespace of a server that `stigmer-harness serve` started."""

    def __init__(
        self,
        channel: Any,
        *,
        namespace: str = "",
        metadata: tuple[tuple[str, str], ...] = (),
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._channel = channel
        self._metadata = (*metadata, (NAMESPACE_KEY, namespace))
        self._seconds = seconds

    def call(
        self, name: str, *, wait: bool = False, seconds: float | None = None, **fields: Any
    ) -> Any:
        """Call a method with the fields of its request; return the answer, raise StatusError.

        With `wait` a server that does not listen yet is waited for until the deadline.
        """
        method = control_api().methods[name]
        rpc = self._channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        try:
            return rpc(
                method.request(**fields),
                timeout=seconds or self._seconds,
                metadata=self._metadata,
                wait_for_ready=wait,
            )
        except grpc.RpcError as error:
            raise status_of(error) from error
