"""A server in another process: reached once, watched for loss, asked what it can do."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pytest_stigmer.errors import ServerLost, StatusError, UsageError
from pytest_stigmer.service.access import NEEDS_TOKEN
from pytest_stigmer.service.handlers import NAMESPACE_KEY
from pytest_stigmer.service.transport import (
    CALL_SECONDS,
    IMPATIENCE,
    ControlClient,
    GrpcTransport,
    open_channel,
)

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.service.transport import ClientTls
    from pytest_stigmer.skills.endpoint import Transport

CONNECT_SECONDS = 10.0
"""How long a server that does not listen yet is waited for, unless the deadline is shorter."""

_LOSSES = frozenset({"UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED"})
_PROBE_SECONDS = 2.0
# How gRPC tells that somebody answered, but not as a TLS server that the client trusts.
_NO_TLS = ("handshake", "CERTIFICATE", "Peer name", "WRONG_VERSION_NUMBER")


class Connection:
    """One channel to HOST:PORT for a whole run.

    Every call has a deadline of `seconds`, none is repeated. Once the server is lost nothing more
    is sent: every later call raises ServerLost at once. `token` goes with each call as
    `authorization: Bearer TOKEN`.
    """

    def __init__(
        self,
        address: str,
        generation: Generation,
        *,
        tls: ClientTls | None = None,
        token: str = "",
        seconds: float = CALL_SECONDS,
    ) -> None:
        self.address = address
        self.generation = generation
        self.lost: ServerLost | None = None
        self._seconds = seconds
        self._connect_seconds = min(CONNECT_SECONDS, seconds)
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self._tls = tls is not None
        self._channel = open_channel(address, tls)

    @cached_property
    def steerable(self) -> bool:
        """Whether the server has our control API.

        Raises ServerLost when nobody answers, and when no TLS connection can be made; UsageError
        when it is a server of ours that wants its token.
        """
        self._check_tls()
        try:
            self.control().call("GetClock", wait=True, seconds=self._connect_seconds)
        except StatusError as error:
            if error.details.startswith(NEEDS_TOKEN):
                raise UsageError(f"{self.address}: {error.details}") from None
            silence = self._silence() if error.code in _LOSSES else None
            if silence is not None:
                self.lost = ServerLost.never_there(self.address, self._connect_seconds, silence)
                raise self.lost from None
            return False
        return True

    def _check_tls(self) -> None:
        """Raise ServerLost at once where waiting for a server would not help."""
        why = self._silence() if self._tls else None
        if why is not None and any(word in why for word in _NO_TLS):
            self.lost = ServerLost.no_tls(self.address, why)
            raise self.lost

    def control(self, namespace: str = "") -> ControlClient:
        """Return the control API of a namespace."""
        return ControlClient(
            self._channel, namespace=namespace, metadata=self._metadata, seconds=self._seconds
        )

    def transport(self, namespace: str = "") -> Transport:
        """Return what carries calls of the skill API to a namespace."""
        named = ((NAMESPACE_KEY, namespace),) if namespace else ()
        carrier = GrpcTransport(
            self._channel,
            self.generation,
            metadata=(*self._metadata, *named),
            seconds=self._seconds,
        )
        return Watched(self, carrier)

    def check(self) -> None:
        """Raise ServerLost once the server is lost."""
        if self.lost is not None:
            raise self.lost

    def failed(self, method: str, error: StatusError) -> StatusError:
        """Return what a failed call means: its own status, or the loss of the server."""
        if error.code in _LOSSES and (error.code == "DEADLINE_EXCEEDED" or self._silence()):
            self.lost = ServerLost.during(self.address, method, error)
            return self.lost
        return error

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _silence(self) -> str | None:
        """Return why nobody answers at the address; None when somebody does, whatever it says."""
        try:
            self.control().call("GetClock", seconds=_PROBE_SECONDS)
        except StatusError as error:
            return str(error) if error.code in _LOSSES else None
        return None


class Watched:
    """A transport that tells its connection of failures."""

    def __init__(self, connection: Connection, carrier: Transport) -> None:
        self._connection = connection
        self._carrier = carrier

    def call(self, method: str, request: bytes) -> bytes:
        """Make one call; raise StatusError, ServerLost once the server is lost."""
        self._connection.check()
        try:
            return self._carrier.call(method, request)
        except StatusError as error:
            if IMPATIENCE.get() is not None:  # it ended as it was meant to
                raise
            raise self._connection.failed(method, error) from error
