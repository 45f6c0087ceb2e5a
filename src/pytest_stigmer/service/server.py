"""The gRPC server: limits, health, reflection, TLS; what it serves is handed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

import grpc

from pytest_stigmer.errors import UsageError
from pytest_stigmer.service.access import Access
from pytest_stigmer.service.handlers import SkillHandlers, refuse, refuse_unknown
from pytest_stigmer.service.listener import Listener
from pytest_stigmer.service.places import UNIX
from pytest_stigmer.service.standard import HEALTH, REFLECTION, Health, Reflection
from pytest_stigmer.service.waiting import Alarms
from pytest_stigmer.service.way import Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.service.control import ControlHandlers
    from pytest_stigmer.service.listener import Incoming
    from pytest_stigmer.service.places import ServerTls
    from pytest_stigmer.service.served import Served

LOOPBACK = "127.0.0.1:0"
GRACE_SECONDS = 1.5
"""How long calls under way may go on when the server stops."""

OPEN = Access()
"""Whoever reaches the server may call all of it."""

_THREADS = 8
# Above the API's own limit, so that its words, not grpcio's, refuse a message of 10 MiB and more.
_HARD_LIMIT = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _HARD_LIMIT),
    ("grpc.max_send_message_length", _HARD_LIMIT),
    ("grpc.max_concurrent_streams", 256),
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.so_reuseport", 0),
    # A call that is not let in at once is not dropped: it costs no more than one that was let in.
    ("grpc.server.max_pending_requests", 100_000),
    ("grpc.server.max_pending_requests_hard_limit", 100_000),
    ("grpc.server_max_unrequested_time_in_server", 300),
    # A connection's window would grow until unread requests are read after all, into memory.
    ("grpc.http2.bdp_probe", 0),
)


class Server:
    """A server that listens from its construction on, until `stop`.

    `find` returns the registry of a namespace. `control` is the control API's handlers, if it has
    them. `place` is HOST:PORT, where port 0 takes a free one, or unix:PATH; `address` is what a
    client connects to. Raises UsageError when it cannot listen there.
    """

    def __init__(
        self,
        generation: Generation,
        find: Callable[[str], Served],
        place: str = LOOPBACK,
        *,
        tls: ServerTls | None = None,
        access: Access = OPEN,
        control: ControlHandlers | None = None,
    ) -> None:
        self._access = access
        self._alarms = Alarms()
        self._ways = [Way(_THREADS, "stigmer-service")]
        skills = SkillHandlers(generation, find, self._ways[0], self._alarms)
        self._handlers: dict[str, Callable[[Incoming], None]] = {**skills.by_path}
        if control is not None:
            self._ways.append(control.way)
            self._handlers |= control.by_path
        self._steering = frozenset(control.by_path if control else ())
        names = dict.fromkeys(path.split("/")[1] for path in self._handlers)
        shown = (*names, HEALTH, REFLECTION)
        self._handlers |= Reflection(shown).by_path
        self._health = Health(tuple(names)).by_path
        self._refuse = partial(refuse_unknown, shown)
        self._listener = _listening(self._accept, place, self._alarms, tls)
        host, colon, _ = place.rpartition(":")
        self.address = place if place.startswith(UNIX) else f"{host}{colon}{self._listener.port}"

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
        if call.path in self._health:  # for those who watch over a container, without its token
            self._health[call.path](call)
            return
        refusal = self._access.refusal(call.metadata, control=call.path in self._steering)
        if refusal is not None:
            refuse(call, refusal)
        else:
            self._handlers.get(call.path, self._refuse)(call)


def _listening(
    accept: Callable[[Incoming], None], where: str, alarms: Alarms, tls: ServerTls | None
) -> Listener:
    shown: Any = tls and grpc.ssl_server_credentials([(tls.key, tls.certificate)])
    try:
        return Listener(accept, where, alarms, options=_OPTIONS, credentials=shown)
    except RuntimeError as error:
        raise UsageError.cannot_listen(where, error) from error
