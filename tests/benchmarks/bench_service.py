"""What the service costs: a warm call, a new server and its first call, eight clients at once."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from tests.benchmarks.promise import Promise, measure

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.service.loopback import LoopbackServer, Registries
from pytest_stigmer.service.transport import GrpcTransport, open_channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENTS = 8
_CALLS_EACH = 10
_THREADS = 16
_API = load("bundled")


def promises() -> Iterator[Promise]:
    """Measure and return the service's promises, one after the other."""
    with _served() as (server, request, answer), _bare(answer) as bare:
        yield measure(
            "get over the service",
            lambda: server.transport.call("get", request),
            "bare grpcio handler, same bytes",
            lambda: bare.call("get", request),
            limit=1.25,
            rounds=1000,
        )
        yield measure(
            f"{CLIENTS} clients get at once, service",
            _together(server.address, request),
            "bare handler, same bytes",
            _together(bare.address, request),
            limit=1.25,
            rounds=40,
            warm_up=3,
        )
        yield measure(
            "start a service, first call, stop",
            lambda: _first_call(request),
            "bare server, first call, stop",
            lambda: _first_bare_call(request, answer),
            limit=1.2,
            rounds=20,
            warm_up=2,
        )


class _Bare(GrpcTransport):
    """A client of a server that answers every call with the same bytes."""

    def __init__(self, address: str, channel: Any) -> None:
        super().__init__(channel, _API)
        self.address = address


@contextmanager
def _served() -> Iterator[tuple[LoopbackServer, bytes, bytes]]:
    """Give a service with one skill, the request that gets it and its answer."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="stigmer-bench-"))
        parts = stack.enter_context(Registry(Path(folder) / "bench.db", generation=_API))
        registries = Registries(parts)
        server = LoopbackServer(_API)
        stack.callback(server.stop)
        stack.enter_context(server.serving(registries))
        skill = parts.client().push(Factory(1, "bench", _API).push_request(name="Calculator"))
        request = _API.SkillId(value=skill.metadata.id).SerializeToString()
        yield server, request, server.transport.call("get", request)


@contextmanager
def _bare(answer: bytes) -> Iterator[_Bare]:
    """Give a client of a plain grpcio server with one handler for everything."""

    class Same:
        def service(self, _: Any) -> Any:
            return grpc.unary_unary_rpc_method_handler(lambda *_: answer)

    with ThreadPoolExecutor(_THREADS) as pool:
        server = grpc.server(pool, handlers=[Same()])
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        with closing(open_channel(address)) as channel:
            yield _Bare(address, channel)
        server.stop(None).wait()


def _together(address: str, request: bytes) -> Callable[[], None]:
    """Return a function in which clients with channels of their own call at the same time."""
    clients = [GrpcTransport(open_channel(address), _API) for _ in range(CLIENTS)]
    pool = ThreadPoolExecutor(CLIENTS)

    def some(client: GrpcTransport) -> None:
        for _ in range(_CALLS_EACH):
            client.call("get", request)

    return lambda: list(pool.map(some, clients)).clear()


def _first_call(request: bytes) -> None:
    server = LoopbackServer(_API)
    with suppress(StatusError):  # no test is under way: the refusal is an answer too
        server.transport.call("get", request)
    server.stop()


def _first_bare_call(request: bytes, answer: bytes) -> None:
    with _bare(answer) as bare:
        bare.call("get", request)
