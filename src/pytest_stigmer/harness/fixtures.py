"""The bodies of the plugin's fixtures."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.harness.run_session import CLOCK, SESSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from faker import Faker

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.harness.registries import Registry, StoreFactory
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.targets.flow import Flow


@contextmanager
def frozen_clock(request: pytest.FixtureRequest) -> Iterator[FrozenClock]:
    """Freeze at the mark's instant, or at the documented start."""
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.harness.coherence import probe

    with FrozenClock(*_start_of(request.node)) as clock:
        probe(clock)
        request.node.stash[CLOCK] = clock
        yield clock


@contextmanager
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    """Open the registry of one test; close it and delete its files at teardown."""
    from pytest_stigmer.harness.registries import Registry

    with Registry(_session(request), request.node) as opened:
        yield opened


@contextmanager
def store_factory(request: pytest.FixtureRequest) -> Iterator[StoreFactory]:
    """Give the function that opens stores; close all of them at teardown."""
    from pytest_stigmer.harness.registries import StoreFactory

    with ExitStack() as stack:
        yield StoreFactory(_session(request), request.node, stack)


@contextmanager
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """Give the service of this process over the registry of one test."""
    from pytest_stigmer.harness.targets import registries_of

    session, opened = _session(request), request.getfixturevalue("_stigmer_registry")
    with registries_of(session, request.node, opened) as registries:
        from pytest_stigmer.service.loopback import Service

        with closing(Service(session.service, opened.store, registries.default)) as given:
            yield given


def api(request: pytest.FixtureRequest) -> Generation:
    """Return the message classes in use."""
    return _session(request).generation


def faker(request: pytest.FixtureRequest) -> Faker:
    """Return a Faker that is a function of the run seed and the test's id."""
    from pytest_stigmer.factories.seeding import seeded_faker

    return seeded_faker(_session(request).options.seed, request.node.nodeid)


def factory(request: pytest.FixtureRequest) -> Factory:
    """Return the factories of one test."""
    return _session(request).factory(request.node.nodeid)


@contextmanager
def flow(request: pytest.FixtureRequest) -> Iterator[Flow]:
    """Give the flow of the run's target."""
    from pytest_stigmer.harness.targets import server_target
    from pytest_stigmer.targets.flow import Flow

    session = _session(request)
    if session.options.remote:
        with server_target(session, request.node.nodeid) as target:
            yield target.flow
        return
    name = "stigmer_service" if session.options.target == "service" else "_stigmer_registry"
    reached: Registry | Service = request.getfixturevalue(name)
    frozen = "stigmer_clock" in request.fixturenames
    yield Flow(
        api(request),
        reached.skills,
        factory(request),
        store=reached.store,
        clock=request.getfixturevalue("stigmer_clock") if frozen else None,
    )


def _session(request: pytest.FixtureRequest) -> HarnessSession:
    return request.config.stash[SESSION]


def _start_of(node: pytest.Item) -> tuple[str, ...]:
    """Return the mark's argument, if there is a mark; raise UsageError for any other form."""
    mark = node.get_closest_marker("stigmer_clock")
    if mark is None:
        return ()
    if len(mark.args) > 1 or mark.kwargs:
        from pytest_stigmer.errors import UsageError

        msg = f"{mark!r}: write @pytest.mark.stigmer_clock('2026-01-25T10:00:00.100Z')"
        raise UsageError(msg)
    return mark.args
