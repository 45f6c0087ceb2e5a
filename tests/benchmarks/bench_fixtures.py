"""What a fixture costs a test: whole tests of one run, each kind in turn, less a plain one."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

TURNS = 60
CONFTEST = """
import json, sqlite3, time
import freezegun, pytest, time_machine
import pytest_stigmer

for name in pytest_stigmer.__all__:
    getattr(pytest_stigmer, name)
START = "2026-01-25T10:00:00Z"
TAKEN = {}

@pytest.fixture
def by_freezegun():
    with freezegun.freeze_time(START, real_asyncio=True):
        yield

@pytest.fixture
def by_time_machine():
    with time_machine.travel(START, tick=False):
        yield

@pytest.fixture
def by_sqlite(tmp_path):
    connection = sqlite3.connect(tmp_path / "own.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE own (id TEXT PRIMARY KEY, data BLOB)")
    yield connection
    connection.close()

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, seconds=time.process_time):
    start = seconds()
    yield
    TAKEN.setdefault(item.originalname, []).append(seconds() - start)
    return True

def pytest_sessionfinish(session):
    (session.config.rootpath / "taken.json").write_text(json.dumps(TAKEN))
"""
KINDS = {
    "plain": "",
    "clock": "stigmer_clock",
    "freezegun": "by_freezegun",
    "time_machine": "by_time_machine",
    "store": "stigmer_store",
    "sqlite": "by_sqlite",
    "service": "stigmer_service",
}
CLAIMS = [
    ("stigmer_clock", "clock", "freezegun", 0.1),
    ("freezegun", "freezegun", "time_machine", float("inf")),
    ("stigmer_store", "store", "sqlite", 1.5),
    ("stigmer_service", "service", "store", 2.0),
]


def promises() -> Iterator[Promise]:
    """Compare the medians of the kinds in CPU time, in one run whose tests take turns."""
    taken = {kind: statistics.median(times) for kind, times in _run().items()}
    for name, ours, floor, limit in CLAIMS:
        cost, least = (taken[kind] - taken["plain"] for kind in (ours, floor))
        yield Promise(
            name=f"a test with {name}",
            floor_name=f"one with {floor}",
            seconds=cost,
            floor_seconds=least,
            ratio=cost / least,
            limit=limit,
        )


def _run() -> dict[str, list[float]]:
    tests = [
        f"def test_{kind}({', '.join(filter(None, ['turn', fixture]))}): pass"
        for kind, fixture in KINDS.items()
    ]
    with tempfile.TemporaryDirectory(prefix="stigmer-bench-") as name:
        folder = Path(name)
        (folder / "pytest.ini").touch()
        (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
        turns = f"import pytest\npytestmark = pytest.mark.parametrize('turn', range({TURNS}))\n"
        text = turns + "\n".join(tests) + "\n"
        (folder / "test_each.py").write_text(text, encoding="utf-8")
        ids = [f"test_each.py::test_{kind}[{turn}]" for turn in range(TURNS) for kind in KINDS]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *ids]
        environment = {
            name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"
        }
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        times: dict[str, list[float]] = json.loads((folder / "taken.json").read_text("utf-8"))
        return {name.removeprefix("test_"): taken for name, taken in times.items()}
