"""The gRPC server: limits, health, reflection, TLS; what it serves is handed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import grpc
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from pytest_stigmer.api.descriptors import private_pool, read_set
from pytest_stigmer.errors import UsageError
from pytest_stigmer.service.control_api import read_control_set
from pytest_stigmer.service.handlers import UnknownMethods, skill_handlers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.descriptor_pool import DescriptorPool

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.skills.endpoint import Transport

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 2.0
"""How long calls under way may go on when the server stops."""

_THREADS = 16
# Above the API's own limit, so that its words, not grpcio's, refuse a message of 10 MiB and more.
_HARD_LIMIT = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _HARD_LIMIT),
    ("grpc.max_send_message_length", _HARD_LIMIT),
    ("grpc.so_reuseport", 0),
)


@dataclass(frozen=True)
class ServerTls:
    """What a server shows to be the one it says: PEM texts of its certificate chain and key."""

    certificate: bytes
    key: bytes


class Server:
    """A server that listens from its construction on, until `stop`.

    `find` returns the registry of a namespace. `more` are further generic handlers, such as the
    control API's, with the full names of their services. `port` 0 takes a free one; `address` is
    what a client connects to. Raises UsageError when it cannot listen there.
    """

    def __init__(
        self,
        generation: Generation,
        find: Callable[[str], Transport],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        tls: ServerTls | None = None,
        more: Sequence[tuple[str, Any]] = (),
    ) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="stigmer-service")
        self._server = grpc.server(self._pool, options=_OPTIONS)
        own = skill_handlers(generation, find)
        for service, handlers in own.items():
            # Registered methods are found by grpc's own core, faster than generic ones.
            self._server.add_registered_method_handlers(service, handlers)
        names = (*own, *(name for name, _ in more))
        self._server.add_generic_rpc_handlers([handler for _, handler in more])
        self._health = _add_health(self._server, names)
        shown = (*names, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(shown, self._server, pool=_reflected())
        self._server.add_generic_rpc_handlers([UnknownMethods(shown)])
        self.address = f"{host}:{_listen(self._server, host, port, tls)}"
        self._server.start()

    def stop(self) -> None:
        """Refuse new calls, let those under way end, and stop; a second call does nothing."""
        self._health.enter_graceful_shutdown()
        self._server.stop(GRACE_SECONDS).wait()
        self._pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _listen(server: Any, host: str, port: int, tls: ServerTls | None) -> int:
    where = f"{host}:{port}"
    try:
        if tls is None:
            return int(server.add_insecure_port(where))
        shown = grpc.ssl_server_credentials([(tls.key, tls.certificate)])
        return int(server.add_secure_port(where, shown))
    except RuntimeError as error:
        raise UsageError.cannot_listen(where, error) from error


def _add_health(server: Any, names: Sequence[str]) -> Any:
    servicer = health.HealthServicer()
    for name in ("", *names):
        servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    return servicer


@cache
def _reflected() -> DescriptorPool:
    """Return one pool with every service, apart from the pools that calls are decoded with."""
    everything = FileDescriptorSet()
    for files in (read_set(), read_control_set()):
        everything.file.extend(files.file)
    for module in (health_pb2, reflection_pb2):
        module.DESCRIPTOR.CopyToProto(everything.file.add())
    return private_pool(everything)
