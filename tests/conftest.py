"""Servers in processes of their own, for whichever test needs one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


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
