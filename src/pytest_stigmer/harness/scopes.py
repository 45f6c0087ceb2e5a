"""Fixtures of broader scopes: what they give, and how a test leaves no trace in it."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.harness.fixture_bodies import followers, probe, registry_of
from pytest_stigmer.harness.starting import session_of
from pytest_stigmer.registry.rewinding import Rewinding
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    import pytest

    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.harness.run_session import HarnessSession, Undone
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.service.running import RunningService


class SharedSkills(SkillClient):
    """The skill API in process over a registry that outlives a test; `store` is behind it."""

    def __init__(self, shared: Rewinding) -> None:
        super().__init__(shared.registry.generation, shared.registry.endpoint)
        self.store = shared.registry.store
        self._shared = shared

    def reset(self) -> None:
        """Delete every record and every artifact."""
        self._shared.empty()


@contextmanager
def shared(request: pytest.FixtureRequest, over: str | None = None) -> Iterator[Rewinding]:
    """Give the registry of the fixture `over`, or a new one that tests leave as they found it."""
    session = session_of(request.config)
    if over is not None:
        yield _behind(session, over, request.getfixturevalue(over))
        return
    with (
        _new_registry(session, request) as registry,
        closing(Rewinding(registry)) as made,
        _undone_per_test(session, made),
    ):
        yield made


@contextmanager
def service(request: pytest.FixtureRequest, over: str | None = None) -> Iterator[RunningService]:
    """Serve the registry of the fixture `over`, or a new one."""
    from pytest_stigmer.service import check_installed

    check_installed("service_fixture()")
    from pytest_stigmer.service.running import service_over

    session = session_of(request.config)
    another = partial(_new_registry, session, request)
    with (
        shared(request, over) as served,
        service_over(served, another) as given,
        _undone_per_test(session, given),
    ):
        yield given


@contextmanager
def clock(request: pytest.FixtureRequest, start: str | None) -> Iterator[FrozenClock]:
    """Freeze at `start`, or at the documented instant."""
    from pytest_stigmer.clock import DEFAULT_START, FrozenClock

    with FrozenClock(start or DEFAULT_START, sqlite=followers(request.config)) as frozen:
        probe(frozen)
        with _undone_per_test(session_of(request.config), frozen):
            yield frozen


def undo_after_the_test(request: pytest.FixtureRequest) -> None:
    """Begin a test: undo at its end what it does to each fixture of a broader scope."""
    stack = ExitStack()
    request.addfinalizer(stack.close)
    for one in session_of(request.config).shared:
        stack.enter_context(one.undoing())


@contextmanager
def _undone_per_test(session: HarnessSession, one: Undone) -> Iterator[None]:
    session.shared.append(one)
    try:
        yield
    finally:
        session.shared.remove(one)


def _new_registry(
    session: HarnessSession, request: pytest.FixtureRequest
) -> AbstractContextManager[Registry]:
    return registry_of(session, request.node, name=f"{request.node.nodeid} {request.fixturename}")


def _behind(session: HarnessSession, name: str, value: Any) -> Rewinding:
    store = getattr(value, "store", value)
    for one in session.shared:
        if isinstance(one, Rewinding) and one.registry.store is store:
            return one
    from pytest_stigmer.errors import UsageError

    raise UsageError.not_shared(name)
