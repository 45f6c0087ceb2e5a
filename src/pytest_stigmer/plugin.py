"""The pytest plugin: hooks and fixtures, each handing over to the harness.

Nothing of the harness is imported before a run uses something of ours: pytest loads this module in
every run of every user.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer import declared
from pytest_stigmer.declared import SESSION

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from faker import Faker

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.harness.fixture_bodies import StoreFactory
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore
    from pytest_stigmer.targets.flow import Flow


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    declared.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark; start the run's session if anything was asked for."""
    config.addinivalue_line("markers", declared.CLOCK_MARK)
    if declared.anything_asked_for(config):
        from pytest_stigmer.harness.starting import session_of

        session_of(config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop and remove what the run left behind, after the last fixture."""
    if SESSION in session.config.stash:
        from pytest_stigmer.harness import hooks

        hooks.finish(session.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop and remove what a run that was cut short left behind."""
    if SESSION in config.stash:
        from pytest_stigmer.harness import hooks

        hooks.finish(config)


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed and the target."""
    if SESSION in config.stash:
        from pytest_stigmer.harness import hooks

        return hooks.header(config)
    return f"stigmer: seed {declared.DEFAULT_SEED}, target local"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send the seed to an xdist worker."""
    from pytest_stigmer.harness import hooks

    hooks.send_to_worker(node)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    # Written out: importing it would load the scenario model in every run of every user.
    if file_path.name.endswith((".scenario.yaml", ".scenario.yml")):
        from pytest_stigmer.harness import hooks

        return hooks.collect_file(file_path, parent)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, Any, Any]:
    """Tell a failed test how to look at its databases; attach what was proved."""
    concerns_us = SESSION in item.config.stash or "pytest_stigmer.errors" in sys.modules
    if not concerns_us and "ScopeMismatch" not in str(call.excinfo):
        return (yield)
    from pytest_stigmer.harness import hooks

    text = hooks.shortened(item, call)
    return hooks.annotate(item, (yield), text)


@pytest.fixture(autouse=True)
def _stigmer_beginning(request: pytest.FixtureRequest) -> None:
    """Undo at its end what a test does to fixtures of broader scopes; it is the first set up."""
    stash = request.config.stash
    if SESSION in stash and stash[SESSION].shared:
        from pytest_stigmer.harness import scopes

        scopes.undo_after_the_test(request)


@pytest.fixture(autouse=True)
def _stigmer_clock_mark(request: pytest.FixtureRequest) -> None:
    """Freeze the clock of a test that carries the stigmer_clock mark."""
    if request.node.get_closest_marker("stigmer_clock"):
        request.getfixturevalue("stigmer_clock")


@pytest.fixture
def stigmer_clock(request: pytest.FixtureRequest) -> Iterator[FrozenClock]:
    """Give a clock that stands still: `.now()`, `.advance("300ms")`, `.move_to(instant)`."""
    from pytest_stigmer.harness import fixture_bodies

    with fixture_bodies.frozen_clock(request) as clock:
        yield clock


@pytest.fixture
def _stigmer_registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    """Give the registry behind the store, skills and service of one test."""
    from pytest_stigmer.harness import fixture_bodies

    with fixture_bodies.registry(request) as registry:
        yield registry


@pytest.fixture
def stigmer_store(_stigmer_registry: Registry) -> SqliteStore:
    """Give an open store on a fresh file at schema v2; `.path` is the file."""
    return _stigmer_registry.store


@pytest.fixture
def stigmer_store_factory(request: pytest.FixtureRequest) -> Iterator[StoreFactory]:
    """Give a function that opens more stores: `schema=1 or 2`, `path=`, `defect=`, `history=`."""
    from pytest_stigmer.harness import fixture_bodies

    with fixture_bodies.store_factory(request) as factory:
        yield factory


@pytest.fixture
def stigmer_api(request: pytest.FixtureRequest) -> Generation:
    """Give the message classes and enums of the API generation in use."""
    from pytest_stigmer.harness import fixture_bodies

    return fixture_bodies.api(request)


@pytest.fixture
def stigmer_faker(request: pytest.FixtureRequest) -> Faker:
    """Give a Faker seeded from the run seed and the test's id."""
    from pytest_stigmer.harness import fixture_bodies

    return fixture_bodies.faker(request)


@pytest.fixture
def stigmer_factory(request: pytest.FixtureRequest) -> Factory:
    """Give factories of messages, artifacts, histories and legacy databases."""
    from pytest_stigmer.harness import fixture_bodies

    return fixture_bodies.factory(request)


@pytest.fixture
def stigmer_skills(_stigmer_registry: Registry) -> SkillClient:
    """Give the skill API in process over `stigmer_store`: messages in, messages out."""
    return _stigmer_registry.client()


@pytest.fixture
def stigmer_service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """Give the skill API on loopback gRPC over `stigmer_store`: `.address`, stubs, `.store`."""
    from pytest_stigmer.harness import fixture_bodies

    with fixture_bodies.service(request) as service:
        yield service


@pytest.fixture
def stigmer_flow(request: pytest.FixtureRequest) -> Iterator[Flow]:
    """Give the verbs of a scenario step as methods, on the run's target."""
    from pytest_stigmer.harness import fixture_bodies

    with fixture_bodies.flow(request) as flow:
        yield flow
