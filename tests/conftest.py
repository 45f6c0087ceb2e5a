"""What all tests share: sound pytest runs within tests, and servers in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import pytest

import pytest_stigmer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A pytest run within this process unloads what it was the first to import. Compiled libraries do
# not survive being loaded twice, and modules of ours would exist twice: all are loaded before.
_MODULES = [module.name for module in walk_packages(pytest_stigmer.__path__, "pytest_stigmer.")]
_OURS = [name for name in _MODULES if ".contract." not in name]  # former paths, which warn
_LIBRARIES = ["faker", "freezegun", "google.protobuf.json_format", "jsonschema", "protovalidate"]
for _name in (*_OURS, *_LIBRARIES, "yaml"):
    import_module(_name)


@pytest.fixture(autouse=True)
def _lean_inner_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what only our own suite needs out of pytest runs within tests: it doubles their start.

    A test that is about one of these plugins names it with `-p`.
    """
    left_out = ("hypothesispytest", "randomly", "time_machine")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in left_out))


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
def serving(*options: str, **environment: str) -> Iterator[Served]:
    """Start `stigmer-harness serve` and wait for its ready line; kill it at the end."""
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
    """Give `serving(*options, **environment)`, a context manager that gives a `Served`."""
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
