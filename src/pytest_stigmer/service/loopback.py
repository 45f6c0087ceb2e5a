"""The service of one process: one server, whose registries are those of the test under way."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.served import Served
from pytest_stigmer.service.server import Server
from pytest_stigmer.service.transport import DIRECT_OPTIONS, GrpcTransport, Stub, open_channel
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.api.message_types import (
        SkillCommandControllerStub,
        SkillQueryControllerStub,
    )
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.service.served import Call
    from pytest_stigmer.store.sqlite import SqliteStore

_PROXIES = ("grpc_proxy", "https_proxy", "http_proxy")
_OWN_EXCEPTIONS = "no_grpc_proxy"
_EXCEPTIONS = (_OWN_EXCEPTIONS, "no_proxy", "NO_PROXY")


class LoopbackServer:
    """Listens on a free port of 127.0.0.1 from its construction until `stop`.

    Between tests it refuses every call; `serving` gives it the registry of a test. Its address and
    its transport stay the same.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._registries: Registries | None = None
        self._server = Server(generation, self._find)
        self.address = self._server.address
        self._channel = open_channel(self.address)
        self.transport = GrpcTransport(self._channel, generation)

    @contextmanager
    def serving(self, registries: Registries) -> Iterator[None]:
        """Serve these registries inside the block, then those served before it."""
        before, self._registries = self._registries, registries
        try:
            yield
        finally:
            self._registries = before

    def stop(self) -> None:
        """Close the channel and stop the server."""
        self._channel.close()
        self._server.stop()

    def _find(self, namespace: str) -> Served:
        if self._registries is None:
            raise StatusError(
                "UNAVAILABLE", "no test is using stigmer_service now: its registry is gone"
            )
        return self._registries.find(namespace)


class Registries:
    """The registries of one test: the default one, and one for each namespace that a call names.

    `more` gives another registry, which whoever gave it closes; without it there are no others.
    """

    def __init__(self, default: Registry, more: Callable[[], Registry] | None = None) -> None:
        self.default = Served(default)
        self._more = more
        self._lock = threading.Lock()
        self._named: dict[str, Served] = {}

    def find(self, namespace: str) -> Served:
        """Return the registry of a namespace, opened at its first call; '' is the default one."""
        if not namespace or self._more is None:
            return self.default
        with self._lock:
            if namespace not in self._named:
                self._named[namespace] = Served(self._more())
            return self._named[namespace]

    def names(self) -> set[str]:
        """Return the namespaces that were opened."""
        with self._lock:
            return set(self._named)

    def forget_all_but(self, names: set[str]) -> None:
        """Forget the other namespaces: their next call opens them anew."""
        with self._lock:
            self._named = {name: one for name, one in self._named.items() if name in names}


class Service:
    """The skill API on loopback gRPC as one test sees it; `store` is the store behind it."""

    def __init__(self, server: LoopbackServer, store: SqliteStore, served: Served) -> None:
        self.address = server.address
        self.store = store
        self.faults = served.faults
        self._generation = server.generation
        self._served = served

    @property
    def channel_options(self) -> list[tuple[str, int]]:
        """Options for a channel of one's own: no proxy, and answers up to the service's limit."""
        return list(DIRECT_OPTIONS)

    @cached_property
    def skills(self) -> SkillClient:
        """A client of the service like `stigmer_skills`: failures are StatusError."""
        return SkillClient(self._generation, GrpcTransport(self.channel, self._generation))

    @cached_property
    def channel(self) -> Any:
        """A plain grpc channel to the service; closed after the test."""
        return open_channel(self.address)

    @cached_property
    def command(self) -> SkillCommandControllerStub:
        """The stub of SkillCommandController: `push`, `delete`."""
        stub: SkillCommandControllerStub = self.command_on(self.channel)
        return stub

    @cached_property
    def query(self) -> SkillQueryControllerStub:
        """The stub of SkillQueryController: `get`, `getByReference`, `getArtifact`."""
        stub: SkillQueryControllerStub = self.query_on(self.channel)
        return stub

    @property
    def calls(self) -> list[Call]:
        """The calls served in this test, oldest first."""
        return self._served.calls.all()

    def command_on(self, channel: Any) -> Any:
        """Return the command stub on a channel of the caller's own, sync or asyncio."""
        return Stub(channel, self._generation, "SkillCommandController")

    def query_on(self, channel: Any) -> Any:
        """Return the query stub on a channel of the caller's own, sync or asyncio."""
        return Stub(channel, self._generation, "SkillQueryController")

    def close(self) -> None:
        """Close the channel if the test used it."""
        if "channel" in self.__dict__:
            self.channel.close()


@contextmanager
def without_proxy() -> Iterator[None]:
    """Let every gRPC channel of this process reach loopback directly, inside the block.

    Sets `no_grpc_proxy`, which gRPC alone reads, and only when the environment names a proxy.
    """
    if not any(os.environ.get(name) for name in _PROXIES):
        yield
        return
    before = os.environ.get(_OWN_EXCEPTIONS)
    exceptions = next((os.environ[name] for name in _EXCEPTIONS if os.environ.get(name)), "")
    os.environ[_OWN_EXCEPTIONS] = ",".join(filter(None, (exceptions, "127.0.0.1,localhost")))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_OWN_EXCEPTIONS]
        else:
            os.environ[_OWN_EXCEPTIONS] = before
