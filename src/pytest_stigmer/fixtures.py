"""Factories of fixtures of any scope, such as `server = service_fixture(scope="module")`.

Each fixture has a store, a server or a clock of its own, in every worker of a parallel run. Tests
share it and do not see each other: what a test does to it, from its first fixture of function scope
on, is undone after the test. What fixtures of broader scopes do to it stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from pytest_stigmer.harness import scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.service.running import RunningService
    from pytest_stigmer.store.sqlite import SqliteStore

Scope = Literal["session", "package", "module", "class", "function"]


def store_fixture(*, scope: Scope = "function", name: str | None = None) -> Any:
    """Make a fixture that gives an open store on a file of its own; `.reset()` empties it."""

    @pytest.fixture(scope=scope, name=name)
    def stigmer_store(request: pytest.FixtureRequest) -> Iterator[SqliteStore]:
        """Give an open store that tests share unseen by each other."""
        with scopes.shared(request) as shared:
            yield shared.registry.store

    return stigmer_store


def skills_fixture(
    over: str | None = None, *, scope: Scope = "function", name: str | None = None
) -> Any:
    """Make a fixture that gives the skill API in process; `.store`, `.reset()`.

    `over` names a fixture of these factories whose registry it shares; by default it has its own.
    """

    @pytest.fixture(scope=scope, name=name)
    def stigmer_skills(request: pytest.FixtureRequest) -> Iterator[scopes.SharedSkills]:
        """Give the skill API that tests share unseen by each other."""
        with scopes.shared(request, over) as shared:
            yield scopes.SharedSkills(shared)

    return stigmer_skills


def service_fixture(
    over: str | None = None, *, scope: Scope = "function", name: str | None = None
) -> Any:
    """Make a fixture that gives the skill API on a loopback server of its own; `.reset()`.

    `over` names a fixture of these factories whose registry it serves; by default it has its own.
    """

    @pytest.fixture(scope=scope, name=name)
    def stigmer_service(request: pytest.FixtureRequest) -> Iterator[RunningService]:
        """Give a service that tests share unseen by each other."""
        with scopes.service(request, over) as service:
            yield service

    return stigmer_service


def clock_fixture(
    start: str | None = None, *, scope: Scope = "function", name: str | None = None
) -> Any:
    """Make a fixture that freezes the clock for its scope; `.reset()` moves back to `start`."""

    @pytest.fixture(scope=scope, name=name)
    def stigmer_clock(request: pytest.FixtureRequest) -> Iterator[FrozenClock]:
        """Give a frozen clock that each test finds where the one before found it."""
        with scopes.clock(request, start) as clock:
            yield clock

    return stigmer_clock
