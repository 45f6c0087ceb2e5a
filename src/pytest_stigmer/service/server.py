"""The gRPC server: limits, health, reflection, TLS; what it serves is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import grpc

from pytest_stigmer.errors import UsageError
from pytest_stigmer.service.handlers import SkillHandlers, refuse_unknown
from pytest_stigmer.service.listener import Listener
from pytest_stigmer.service.standard import HEALTH, REFLECTION, Health, Reflection
from pytest_stigmer.service.waiting import Alarms
from pytest_stigmer.service.way import Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.service.control import ControlHandlers
    from pytest_stigmer.service.listener import Incoming
    from pytest_stigmer.service.served import Served

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 1.5
"""How long calls under way may go on when the server stops."""

_THREADS = 8
# Above the API's own limit, so that its words, not grpcio's, refuse a message of 10 MiB and more.
_HARD_LIMIT = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _HARD_LIMIT),
    ("grpc.max_send_message_length", _HARD_LIMIT),
    ("grpc.max_concurrent_streams", 1000),
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.so_reuseport", 0),
)


@dataclass(frozen=True)
class ServerTls:
    """What a server shows to be the one it says: PEM texts of its certificate chain and key."""

    certificate: bytes
    key: bytes


class Server:
    """A server that listens from its construction on, until `stop`.

    `find` returns the registry of a namespace. `control` is the control API's handlers, if it has
    them. `port` 0 takes a free one; `address` is what a client connects to. Raises UsageError when
    it cannot listen there.
    """

    def __init__(
        self,
        generation: Generation,
        find: Callable[[str], Served],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        tls: ServerTls | None = None,
        control: ControlHandlers | None = None,
    ) -> None:
        self._alarms = Alarms()
        self._ways = [Way(_THREADS, "stigmer-service")]
        skills = SkillHandlers(generation, find, self._ways[0], self._alarms)
        self._handlers: dict[str, Callable[[Incoming], None]] = {**skills.by_path}
        if control is not None:
            self._ways.append(control.way)
            self._handlers |= control.by_path
        names = dict.fromkeys(path.split("/")[1] for path in self._handlers)
        shown = (*names, HEALTH, REFLECTION)
        self._handlers |= {**Health(tuple(names)).by_path, **Reflection(shown).by_path}
        self._refuse = partial(refuse_unknown, shown)
        self._listener = _listening(self._accept, f"{host}:{port}", self._alarms, tls)
        self.address = f"{host}:{self._listener.port}"

    def stop(self) -> None:
        """Refuse new calls, let those under way end, and stop; a second call does nothing."""
        self._listener.stop(GRACE_SECONDS)
        self._alarms.close()
        for way in self._ways:
            way.workers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, call: Incoming) -> None:
        self._handlers.get(call.path, self._refuse)(call)


def _listening(
    accept: Callable[[Incoming], None], where: str, alarms: Alarms, tls: ServerTls | None
) -> Listener:
    shown: Any = tls and grpc.ssl_server_credentials([(tls.key, tls.certificate)])
    try:
        return Listener(accept, where, alarms, options=_OPTIONS, credentials=shown)
    except RuntimeError as error:
        raise UsageError.cannot_listen(where, error) from error
