"""The state of one run in one process: options, the folder of its databases, the recipe in use."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.harness.options import Options
    from pytest_stigmer.harness.recording import Recorder
    from pytest_stigmer.harness.scratch import Scratch
    from pytest_stigmer.prove.proof import Row
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.service.loopback import LoopbackServer
    from pytest_stigmer.targets.server_connection import Connection


class Undone(Protocol):
    """What tests share and leave as they found it."""

    def undoing(self) -> AbstractContextManager[None]:
        """Undo after the block what it did."""


@dataclass
class HarnessSession:
    """What hooks and fixtures share during a run; lives in `config.stash`."""

    options: Options
    worker: str = "main"
    shared: list[Undone] = field(default_factory=list)
    """The fixtures of broader scopes that are in use."""
    left: set[str] = field(default_factory=set)
    """The storage keys of the artifacts that stay on the server that is the run's target."""

    @cached_property
    def scratch(self) -> Scratch:
        """The folder of this run's databases, made at first use."""
        from pytest_stigmer.harness.scratch import Scratch

        return Scratch.create(self.worker)

    @cached_property
    def scenario_scratch(self) -> Scratch:
        """The folder of the scenarios' databases, in memory where there is room.

        Where they may be kept it is that of the others: what is kept must not fill the memory.
        """
        if self.options.keep:
            return self.scratch
        from pytest_stigmer.harness.scratch import Scratch
        from pytest_stigmer.store.template import memory_folder

        return Scratch.create(self.worker, memory_folder())

    @cached_property
    def recipe(self) -> Recipe:
        """The reference, or the reference with the run's defect in place."""
        from pytest_stigmer.defects.catalogue import recipe_with

        return recipe_with(self.options.defect)

    @cached_property
    def generation(self) -> Generation:
        """The message classes in use, as the ini option `stigmer_stubs` says."""
        from pytest_stigmer.api.generation import load

        return load(self.options.stubs)

    @cached_property
    def service(self) -> LoopbackServer:
        """The server of this process, started at first use; raise UsageError without grpcio."""
        from pytest_stigmer.service import check_installed

        check_installed("the fixture service")
        from pytest_stigmer.service.loopback import LoopbackServer

        return LoopbackServer(self.generation)

    @cached_property
    def remote(self) -> Connection:
        """The connection to the server that is the run's target, made at first use."""
        from pytest_stigmer.service.transport import ClientTls
        from pytest_stigmer.targets.server_connection import Connection

        asked = self.options.server
        roots = asked.tls_roots.read_bytes() if asked.tls_roots else None
        return Connection(
            self.options.target,
            self.generation,
            tls=ClientTls(roots) if asked.tls or roots else None,
            token=asked.token,
            seconds=asked.deadline,
        )

    def factory(self, test_id: str) -> Factory:
        """Return the factories of one test: a function of the run seed and the test's id."""
        from pytest_stigmer.factories.factory import Factory

        return Factory(self.options.seed, test_id, self.generation)

    def notes(self, item: pytest.Item) -> list[str]:
        """Return how to look at the databases of a failed test; empty when it has none."""
        databases = item.stash.get(DATABASES, [])
        if not databases:
            return []
        if self.options.keep:
            return [self._kept(path) for path in databases]
        return [
            "the database of this test was deleted; to keep it and look at it:"
            if len(databases) == 1
            else f"the {len(databases)} databases of this test were deleted; to keep them:",
            f"  pytest {_as_typed(item)} {self.options.replay()} --stigmer-keep",
        ]

    def _kept(self, database: Path) -> str:
        if not database.exists():
            # A test that had passed: its files went with its fixtures.
            return f"database deleted before the teardown failed: {database.name}"
        self.scratch.keep()
        return f"database kept: {database} (look at it: sqlite3 {database})"

    def remove_files(self) -> None:
        """Remove the folders of the run's databases, unless they are kept."""
        for name in ("scratch", "scenario_scratch"):
            if name in self.__dict__:
                self.__dict__.pop(name).remove()

    def close(self) -> None:
        """Remove what the run left behind and stop what it started; a second call does nothing."""
        self.remove_files()
        if "remote" in self.__dict__:
            self.__dict__.pop("remote").close()
        if "service" in self.__dict__:
            self.__dict__.pop("service").stop()


CLOCK: pytest.StashKey[FrozenClock] = pytest.StashKey()
PROVED: pytest.StashKey[Row] = pytest.StashKey()
RECORDED: pytest.StashKey[Recorder] = pytest.StashKey()
FAILED = pytest.StashKey[bool]()
DATABASES: pytest.StashKey[list[Path]] = pytest.StashKey()


def _as_typed(item: pytest.Item) -> str:
    """Return a test's id for the command line, from where this run was started."""
    _, colons, names = item.nodeid.partition("::")
    file = os.path.relpath(item.path, item.config.invocation_params.dir)
    return shlex.quote(f"{file}{colons}{names}")


def worker_input(config: pytest.Config) -> Mapping[str, object] | None:
    """Return what the xdist controller sent to this worker; None outside a worker."""
    return getattr(config, "workerinput", None)
