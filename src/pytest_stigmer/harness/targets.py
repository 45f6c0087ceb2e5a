"""Where scenarios and flows run: a registry in process, behind the service, or on any server."""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.harness.registries import Registry
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.registry.assembly import Parts, Recipe
    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.target import Target
    from pytest_stigmer.service.loopback import Registries
    from pytest_stigmer.skills.endpoint import Transport
    from pytest_stigmer.store.sqlite import SqliteStore
    from pytest_stigmer.targets.local import LocalTarget
    from pytest_stigmer.targets.remote import RemoteTarget


@contextmanager
def target_of(
    session: HarnessSession, scenario: Scenario, cell: str, test_id: str
) -> Iterator[Target]:
    """Give the target of the run, fresh for one scenario."""
    name = session.options.target
    if session.options.remote:
        with server_target(session, test_id, hunting="clock" in scenario.needs) as target:
            yield target
        return
    with (
        frozen(scenario) as clock,
        scratch_target(
            session, test_id, clock=clock, recipe=session.recipe, cell=cell, name=name
        ) as local,
    ):
        yield local


def frozen(scenario: Scenario) -> FrozenClock:
    """Return the clock of a scenario, to be entered."""
    from pytest_stigmer.clock import DEFAULT_START, FrozenClock

    return FrozenClock(scenario.clock or DEFAULT_START)


@contextmanager
def server_target(
    session: HarnessSession, test_id: str, *, hunting: bool = False
) -> Iterator[RemoteTarget]:
    """Give the server that is the run's target; whatever happens, delete what was made there."""
    from pytest_stigmer.targets.remote import remote_target

    target = remote_target(session.remote, session.factory(test_id), hunting=hunting)
    try:
        yield target
    finally:
        for left in target.close():
            warnings.warn(f"left behind on {target.name}: {left}", stacklevel=2)


@contextmanager
def scratch_target(
    session: HarnessSession,
    test_id: str,
    *,
    clock: FrozenClock,
    recipe: Recipe,
    cell: str,
    name: str = "local",
) -> Iterator[LocalTarget]:
    """Give a fresh registry in process, reached as `name` says; delete its files at the end."""
    from pytest_stigmer.store.plans import plan_cell
    from pytest_stigmer.targets.local import LocalTarget, directly

    database = session.scenario_scratch.database(test_id)
    with ExitStack() as stack:
        stack.callback(session.scenario_scratch.discard, database)
        connect = stack.enter_context(_over_service(session)) if name == "service" else directly
        target = LocalTarget(
            database,
            clock=clock,
            factory=session.factory(test_id),
            generation=session.generation,
            recipe=recipe,
            cell=plan_cell(cell),
            name=name,
            connect=connect,
        )
        stack.callback(target.close)
        yield target


@contextmanager
def registries_of(
    session: HarnessSession, item: pytest.Item, registry: Registry
) -> Iterator[Registries]:
    """Serve a test's registry, and a fresh one for each namespace, until the test ends."""
    from pytest_stigmer.harness.registries import StoreFactory

    server = session.service  # says what is missing before anything of it is imported
    from pytest_stigmer.service.loopback import Registries, without_proxy

    with ExitStack() as stack:
        more = StoreFactory(session, item, stack)
        registries = Registries(lambda: _assembled(session, more))
        registries.serve(registry.parts)
        stack.enter_context(without_proxy())
        stack.enter_context(server.serving(registries))
        yield registries


def _assembled(session: HarnessSession, more: Callable[[], SqliteStore]) -> Parts:
    from pytest_stigmer.registry.assembly import assemble_on

    return assemble_on(more(), recipe=session.recipe, generation=session.generation)


@contextmanager
def _over_service(session: HarnessSession) -> Iterator[Callable[[Parts], Transport]]:
    """Give the function that puts a registry behind the service and says what carries calls."""
    from pytest_stigmer.service.loopback import Registries

    registries = Registries()

    def connect(parts: Parts) -> Transport:
        registries.serve(parts)
        return session.service.transport

    with session.service.serving(registries):
        yield connect
