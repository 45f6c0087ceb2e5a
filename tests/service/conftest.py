"""Servers with the control API in this process, and clients of any server."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.service.control import ControlHandlers
from pytest_stigmer.service.handlers import NAMESPACE_KEY
from pytest_stigmer.service.namespaces import Namespaces
from pytest_stigmer.service.server import Server
from pytest_stigmer.service.transport import ControlClient, GrpcTransport, open_channel
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.service.transport import ClientTls

START = "2026-01-25T10:00:00.100Z"


@dataclass
class Client:
    """Both APIs of one namespace of a server."""

    skills: SkillClient
    control: ControlClient

    def move(self, duration: str) -> Any:
        """Advance the namespace's clock."""
        return self.control.call("AdvanceClock", value=duration)


@contextmanager
def connected(
    address: str, tls: ClientTls | None = None, token: str = ""
) -> Iterator[Callable[..., Client]]:
    """Give a function that returns clients of namespaces, over one channel."""
    api = load("bundled")
    shown = (("authorization", f"Bearer {token}"),) if token else ()
    with closing(open_channel(address, tls)) as channel:

        def client(namespace: str = "") -> Client:
            metadata = (*shown, (NAMESPACE_KEY, namespace))
            transport = GrpcTransport(channel, api, metadata=metadata, seconds=10)
            control = ControlClient(channel, namespace=namespace, metadata=shown, seconds=10)
            return Client(SkillClient(api, transport), control)

        yield client


@pytest.fixture(name="connected")
def _connected() -> Any:
    """Give `connected(address, tls=None, token="")`, which gives clients of a server in `with`."""
    return connected


@pytest.fixture
def steered(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Give clients of a server in this process that has the control API."""
    api = load("bundled")
    namespaces = Namespaces(tmp_path / "default.db", tmp_path, api, start=START, log=[].append)
    with (
        closing(namespaces),
        Server(api, namespaces.find, control=ControlHandlers(namespaces)) as server,
        connected(server.address) as client,
    ):
        yield client
