"""The bodies of the plugin's fixtures."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.harness.run_session import CLOCK, DATABASES, FAILED
from pytest_stigmer.harness.starting import session_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from faker import Faker

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.audit_history import History
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.store.following import Following
    from pytest_stigmer.store.sqlite import SqliteStore
    from pytest_stigmer.targets.flow import Flow

_SCHEMAS = (1, 2)
_TOOLS: pytest.StashKey[Collection[str]] = pytest.StashKey()


class StoreFactory:
    """Opens more stores for a test; all are closed at teardown."""

    def __init__(self, session: HarnessSession, item: pytest.Item, stack: ExitStack) -> None:
        self._session = session
        self._item = item
        self._stack = stack

    def __call__(
        self,
        *,
        schema: int = 2,
        path: str | Path | None = None,
        defect: str | None = None,
        history: History | None = None,
    ) -> SqliteStore:
        """Open a store on a fresh file, or on `path`, which is left in place.

        `schema` 1 leaves out the audit table; `defect` puts one of the catalogue in place;
        `history` is loaded in one transaction. Raises the errors of opening a store, UsageError for
        an unknown schema or defect and for a history that schema 1 cannot hold.
        """
        from pytest_stigmer.errors import UsageError

        if schema not in _SCHEMAS:
            raise UsageError.unknown("schema", str(schema), map(str, _SCHEMAS))
        if history is not None and schema == 1:
            raise UsageError.no_audit_table(schema)
        if history is not None and not hasattr(history, "live"):
            raise UsageError.no_history(history)
        given: dict[str, Any] = {"schema": schema}
        if defect:
            from pytest_stigmer.defects.catalogue import recipe_with

            given["recipe"] = recipe_with(defect)
        store = self._stack.enter_context(
            registry_of(self._session, self._item, path, **given)
        ).store
        if history is not None:
            from pytest_stigmer.factories.loading import load_history

            load_history(store, history, stream=_Terminal(self._item.config))
        return store


class _Terminal:
    """Standard error as it is without pytest's capture, which is lifted for each word."""

    def __init__(self, config: pytest.Config) -> None:
        self._capture = config.pluginmanager.getplugin("capturemanager")
        self._begun = False

    def isatty(self) -> bool:
        with self._seen():
            return sys.stderr.isatty()

    def write(self, text: str) -> None:
        with self._seen():
            # On a line of its own: what pytest has written of its own line stays.
            sys.stderr.write(text if self._begun else f"\n{text}")
            sys.stderr.flush()
        self._begun = True

    def flush(self) -> None:
        """Do nothing: each word is shown at once."""

    def _seen(self) -> AbstractContextManager[None]:
        return self._capture.global_and_fixture_disabled() if self._capture else nullcontext()


@contextmanager
def frozen_clock(request: pytest.FixtureRequest) -> Iterator[FrozenClock]:
    """Freeze at the mark's instant, or at the documented start."""
    from pytest_stigmer.clock import FrozenClock

    with FrozenClock(*_start_of(request.node), sqlite=followers(request.config)) as clock:
        probe(clock)
        request.node.stash[CLOCK] = clock
        yield clock


def followers(config: pytest.Config) -> Following:
    """Let the connections that a test opens follow its clock, unless the ini option says no.

    Those of other plugins do not: what they keep for themselves is in real time.
    """
    from pytest_stigmer.store.following import Following

    if _TOOLS not in config.stash:
        ours = str(config.rootpath)
        config.stash[_TOOLS] = {
            getattr(plugin, "__name__", "").partition(".")[0]
            for plugin, _ in config.pluginmanager.list_plugin_distinfo()
            if not str(getattr(plugin, "__file__", ours)).startswith(ours)
        }
    return Following(config.stash[_TOOLS], automatic=config.getini("stigmer_clock_sqlite"))


@contextmanager
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    """Give the registry of one test; close it and delete its files at teardown."""
    on_open = partial(_probed, request.node)
    with registry_of(_session(request), request.node, on_open=on_open) as given:
        yield given


@contextmanager
def registry_of(
    session: HarnessSession,
    item: pytest.Item,
    path: str | Path | None = None,
    *,
    name: str = "",
    **options: Any,
) -> Iterator[Registry]:
    """Give a registry on `path`, or on a file of its own, by default named after the test.

    The other options are Registry's.

    It opens when it is asked for, and is closed at the end. Then its own file is deleted with its
    artifacts, unless the test failed and the user wants to look at it.
    """
    from pytest_stigmer.registry.registry import Registry

    options = {"recipe": session.recipe, "generation": session.options.stubs, **options}
    if path is not None:
        with closing(Registry(path, **options)) as given:
            yield given
        return
    own = session.scratch.database(name or item.nodeid)
    item.stash.setdefault(DATABASES, []).append(own)
    try:
        with closing(Registry(own, new=True, **options)) as given:
            yield given
    finally:
        if not (session.options.keep and item.stash.get(FAILED, False)):
            session.scratch.discard(own)


@contextmanager
def store_factory(request: pytest.FixtureRequest) -> Iterator[StoreFactory]:
    """Give the function that opens stores; close all of them at teardown."""
    with ExitStack() as stack:
        yield StoreFactory(_session(request), request.node, stack)


@contextmanager
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """Give the service of this process over the registry of one test, others for namespaces."""
    session, opened = _session(request), request.getfixturevalue("_stigmer_registry")
    server = session.service  # says what is missing before anything of it is imported
    from pytest_stigmer.service.loopback import Registries, Service, without_proxy

    with ExitStack() as stack:
        more = partial(registry_of, session, request.node)
        registries = Registries(opened, lambda: stack.enter_context(more()))
        stack.enter_context(without_proxy())
        stack.enter_context(server.serving(registries))
        yield stack.enter_context(closing(Service(server, opened.store, registries.default)))


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
    from pytest_stigmer.harness.runs import server_target
    from pytest_stigmer.targets.flow import Flow

    session = _session(request)
    if session.options.remote:
        with server_target(session, request.node.nodeid) as target:
            yield target.flow
        return
    frozen = "stigmer_clock" in request.fixturenames
    if session.options.target == "service":
        given: Service = request.getfixturevalue("stigmer_service")
        skills, store = given.skills, given.store
    else:
        opened: Registry = request.getfixturevalue("_stigmer_registry")
        skills, store = opened.client(), opened.store
    yield Flow(
        api(request),
        skills,
        factory(request),
        store=store,
        clock=request.getfixturevalue("stigmer_clock") if frozen else None,
    )


def _session(request: pytest.FixtureRequest) -> HarnessSession:
    return session_of(request.config)


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


def _probed(item: pytest.Item, store: SqliteStore) -> SqliteStore:
    if CLOCK in item.stash:
        probe(item.stash[CLOCK], store)
    return store


def probe(clock: FrozenClock, store: SqliteStore | None = None) -> None:
    """Raise ClockIncoherent, naming each source, when Python or the store tell another time."""
    from pytest_stigmer.clock import python_disagreements
    from pytest_stigmer.errors import ClockIncoherent

    lines = python_disagreements(clock.now())
    if store is not None:
        from pytest_stigmer.store.clock_functions import disagreements

        lines += disagreements(store.connection, clock)
    if lines:
        raise ClockIncoherent.disagreeing(lines)
