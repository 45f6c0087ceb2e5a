"""What all tests share: sound pytest runs within tests, and servers in processes of their own."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import pytest

import pytest_stigmer
from pytest_stigmer.api.generation import Generation, load
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.backup import backup
from pytest_stigmer.store.faults import forgo_durability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.sqlite import SqliteStore

# A pytest run within this process unloads what it was the first to import. Compiled libraries do
# not survive being loaded twice, and modules of ours would exist twice: all are loaded before.
_MODULES = [module.name for module in walk_packages(pytest_stigmer.__path__, "pytest_stigmer.")]
_OURS = [name for name in _MODULES if ".contract." not in name]  # former paths, which warn
_LIBRARIES = ["faker", "freezegun", "google.protobuf.json_format", "jsonschema", "protovalidate"]
for _name in (*_OURS, *_LIBRARIES, "yaml"):
    import_module(_name)


@pytest.fixture(autouse=True)
def _lean_inner_runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what only our own suite needs out of pytest runs within tests: it doubles their start.

    A test that is about one of these plugins names it with `-p`; one that is about conditions says
    under which.
    """
    if "pytester" in request.fixturenames:
        request.getfixturevalue("pytester")  # which takes all options away when it begins
    left_out = ("asyncio", "hypothesispytest", "randomly", "time_machine")
    words = [*(f"-p no:{name}" for name in left_out), "--stigmer-conditions none"]
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(words))


@dataclass
class Served:
    """A `stigmer-harness serve` in a process of its own; `ready` is its ready line."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def address(self) -> str:
        """Where it listens."""
        return str(self.ready["address"])

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return exit code, the rest of standard output, standard error."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@contextmanager
def serving(*options: str, token: bool = False, **environment: str) -> Iterator[Served]:
    """Start `stigmer-harness serve` and wait for its ready line; kill it at the end."""
    options = options if token else ("--no-token", *options)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest_stigmer.cli", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            yield Served(process, json.loads(line))
        finally:
            process.terminate()  # a stop of the clean sort removes its temporary folder


@pytest.fixture(name="serving", scope="session")
def _serving() -> Any:
    """Give `serving(*options, token=False, **environment)`, which gives a `Served` in `with`."""
    return serving


_TOLD = "told at the end of the run"


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Give a function that has a line printed when all tests have ended, also by a worker."""
    return lambda line: request.node.user_properties.append((_TOLD, line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have found out, as how many crash points were survived."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == _TOLD:
                terminalreporter.write_line(str(value))


START = dt.datetime(2026, 1, 25, 10, 0, 0, 100_000, tzinfo=dt.UTC)


class Clock:
    """A clock that a test sets; it freezes nothing."""

    def __init__(self, instant: dt.datetime = START) -> None:
        self.instant = instant

    def now(self) -> dt.datetime:
        """Return the instant it was set to."""
        return self.instant

    def advance(self, **parts: float) -> None:
        """Move by the parts of a timedelta."""
        self.instant += dt.timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 2026-01-25T10:00:00.100Z."""
    return Clock()


@pytest.fixture
def api() -> Generation:
    """Give the message classes of the bundled generation."""
    return load("bundled")


@pytest.fixture
def assembled(tmp_path: Path, clock: Clock, api: Generation) -> Iterator[Callable[..., Registry]]:
    """Give a function that opens registries, each closed at the end of the test."""
    opened: list[Registry] = []

    def opener(recipe: Recipe = REFERENCE, name: str = "stigmer.db") -> Registry:
        parts = Registry(tmp_path / name, clock=clock, recipe=recipe, generation=api)
        opened.append(parts)
        forgo_durability(parts.store)
        return parts

    yield opener
    for parts in opened:
        parts.close()


State = dict[str, list[tuple[Any, ...]]]

_DUMP = {
    "resources": "SELECT kind, id, data FROM resources ORDER BY kind, id",
    "resource_audit": "SELECT kind, resource_id, data, version_hash, tag FROM resource_audit "
    "ORDER BY id",
    "integrity": "PRAGMA integrity_check",
}


@pytest.fixture
def state_of() -> Callable[[SqliteStore], State]:
    """Give a function that returns all that a store holds."""
    return lambda store: {name: store.execute(sql) for name, sql in _DUMP.items()}


@pytest.fixture
def push(api: Generation) -> Callable[[Registry, str, str], Any]:
    """Give a function that pushes a small skill by name and text."""

    def pushed(parts: Registry, name: str, text: str) -> Any:
        data = artifact(skill_md=text, files={})
        return parts.client().push(api.PushSkillRequest(name=name, tag="v1", artifact=data))

    return pushed


@pytest.fixture
def populated(
    assembled: Callable[..., Registry],
    tmp_path: Path,
    api: Generation,
    push: Callable[[Registry, str, str], Any],
) -> Callable[..., Registry]:
    """Give a function that opens a registry on a copy of one file with some history."""
    parts = assembled(name="origin.db")
    push(parts, "Calc", "# one")
    push(parts, "Other", "# one")
    skill = api.Skill(spec=api.SkillSpec(skill_md="# saved"))
    parts.store.save_resource("skill", "x", skill)
    for _ in range(3):
        parts.store.save_audit("skill", "x", skill, version_hash="1" * 64, tag="v1")
    count = 0

    def opened(recipe: Recipe = REFERENCE) -> Registry:
        nonlocal count
        count += 1
        name = f"copy-{count}.db"
        backup(tmp_path / "origin.db", tmp_path / name)
        shutil.copytree(tmp_path / "origin.db.artifacts", tmp_path / f"{name}.artifacts")
        return assembled(recipe, name)

    return opened
