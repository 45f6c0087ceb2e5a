"""Targets of every sort for the same scenarios, and servers of the plain sort."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.service.loopback import LoopbackServer, Registries
from pytest_stigmer.service.namespace import StoppableClock
from pytest_stigmer.service.served import Served
from pytest_stigmer.service.server import Server
from pytest_stigmer.targets.local import LocalTarget
from pytest_stigmer.targets.remote import AnyServerTarget, remote_target
from pytest_stigmer.targets.server_connection import Connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from pytest_stigmer.clock import Clock
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore

FLOWS = Path(__file__).parent / "flows"
PROMISES = Path(__file__).parents[2] / "scenarios"
API = load("bundled")
START = "2026-02-01T00:00:00.700Z"


def factory() -> Factory:
    """Return factories whose data are the same wherever a scenario runs."""
    return Factory(1, "flow", API)


@contextmanager
def on_local(scenario: Scenario, database: Path) -> Iterator[Any]:
    """Give a target in process."""
    with FrozenClock(scenario.clock or START) as clock:
        target = LocalTarget(database, clock=clock, factory=factory(), generation=API)
        with closing(target):
            yield target


@contextmanager
def on_service(scenario: Scenario, database: Path, recipe: Recipe = REFERENCE) -> Iterator[Any]:
    """Give a target behind a server of this process."""
    with ExitStack() as stack:
        server = LoopbackServer(API)
        stack.callback(server.stop)
        clock = stack.enter_context(FrozenClock(scenario.clock or START))

        def connect(registry: Any) -> Any:
            stack.enter_context(server.serving(Registries(registry)))
            return server.transport

        target = LocalTarget(
            database,
            clock=clock,
            factory=factory(),
            generation=API,
            recipe=recipe,
            name="service",
            connect=connect,
        )
        yield stack.enter_context(closing(target))


@contextmanager
def on_model(_: Scenario, __: Path) -> Iterator[Any]:
    """Give the models."""
    yield ModelTarget(factory(), API)


@contextmanager
def on_server(address: str) -> Iterator[Any]:
    """Give the target that a server in another process allows for."""
    with closing(Connection(address, API, seconds=10)) as connection:
        target = remote_target(connection, factory(), hunting=True)
        with closing(target):
            yield target


class Ticking:
    """A clock that goes on by a little whenever it is looked at."""

    def __init__(self, step: str = "1ms") -> None:
        self._clock = StoppableClock(START)
        self._step = step

    def now(self) -> dt.datetime:
        """Let time pass and return the instant."""
        self._clock.advance(self._step)
        return self._clock.now()

    def advance(self, duration: str) -> None:
        """Go on by more."""
        self._clock.advance(duration)


@dataclass
class PlainServer:
    """A server without our control API, as the real one is; its clock moves instead of waiting."""

    address: str
    registry: SkillClient
    store: SqliteStore
    clock: Any
    served: Served
    artifacts: Path
    waits: list[float] = field(default_factory=list)

    @property
    def called(self) -> list[str]:
        """The wire names of the calls served so far."""
        return [call.method for call in self.served.calls.all()]

    def listed(self) -> list[bytes]:
        """Return the live records, whoever made them."""
        return self.store.list_resources("skill")

    def wait(self, seconds: float) -> None:
        """Let time pass on the server only."""
        self.waits.append(seconds)
        self.clock.advance(f"{seconds:.9f}s")

    @contextmanager
    def target(
        self, *, hunting: bool = True, files: tuple[Path, Path] | None = None
    ) -> Iterator[AnyServerTarget]:
        """Give a target on this server; the caller closes it."""
        with closing(Connection(self.address, API, seconds=10)) as connection:
            assert not connection.steerable
            yield AnyServerTarget(
                connection, factory(), hunting=hunting, files=files, wait=self.wait
            )


@contextmanager
def plain_server(
    folder: Path, *, clock: Clock | None = None, recipe: Recipe = REFERENCE
) -> Iterator[PlainServer]:
    """Serve one registry, whatever namespace is named."""
    clock = clock or Ticking()
    parts = Registry(folder / "plain.db", clock=clock, generation=API, recipe=recipe)
    served = Served(parts)
    with parts, Server(API, lambda _: served) as server:
        yield PlainServer(
            server.address, parts.client(), parts.store, clock, served, parts.files.artifacts
        )


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[PlainServer]:
    """Give a plain server with the reference registry."""
    with plain_server(tmp_path) as server:
        yield server


@pytest.fixture(name="serve_plain")
def _serve_plain() -> Any:
    """Give `serve_plain(folder, clock=None, recipe=REFERENCE)`, a context manager."""
    return plain_server


@pytest.fixture(name="ticking")
def _ticking() -> Any:
    """Give `ticking(step)`, a clock that goes on by a step whenever it is looked at."""
    return Ticking


@pytest.fixture(name="on_local")
def _on_local() -> Any:
    """Give `on_local(scenario, database)`, a context manager that gives a target."""
    return on_local


@pytest.fixture(name="on_service")
def _on_service() -> Any:
    """Give `on_service(scenario, database, recipe=REFERENCE)`, a context manager of a target."""
    return on_service


@pytest.fixture(name="on_model")
def _on_model() -> Any:
    """Give `on_model(scenario, database)`, a context manager that gives a target."""
    return on_model


@pytest.fixture(name="on_server")
def _on_server() -> Any:
    """Give `on_server(address)`, a context manager that gives a target."""
    return on_server


@pytest.fixture
def api() -> Any:
    """Give the bundled generation."""
    return API


@pytest.fixture
def flow() -> Any:
    """Give a function that loads one of the flows by its name."""
    return lambda name: load_scenario(FLOWS / f"{name}.scenario.yaml")


@pytest.fixture
def promise() -> Any:
    """Give a function that loads a shipped scenario by its folder and name."""
    return lambda name: load_scenario(PROMISES / f"{name}.scenario.yaml")
