"""Large files: within seconds, and in memory that does not grow with the file."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.store.bulk import load_history
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import AuditRow

if TYPE_CHECKING:
    from pathlib import Path

START = dt.datetime(2026, 1, 25, tzinfo=dt.UTC)
KIBIBYTES = 1024
BATCH = 10_000
PROGRAM = """
import resource, sys
from pytest_stigmer.store.inspect import inspect
facts = inspect(sys.argv[1])
print(facts.tags_at_risk.total, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _write(path: Path, count: int) -> Path:
    """Write so many records in pairs of one second: every history and every tag is at risk.

    In batches: a child's largest memory counts from what its parent holds when it starts.
    """
    with SqliteStore(path) as store:
        for start in range(0, count, BATCH):
            load_history(store, [_row(n) for n in range(start, min(start + BATCH, count))])
    return path


def _row(number: int) -> AuditRow:
    instant = START + dt.timedelta(seconds=number // 2)
    resource_id, tag = f"skl-{number // 20}", f"v{number // 2}"
    return AuditRow("skill", resource_id, b"x" * 100, f"{number:064x}", tag, instant)


def _measure(path: Path) -> tuple[int, float]:
    """Inspect in a process of its own; return the tags at risk and its largest memory in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path], check=True, capture_output=True, text=True
    )
    tags, memory = done.stdout.split()
    return int(tags), int(memory) / KIBIBYTES


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Forty times the records, all of them at risk, need less than 25 MiB more."""
    small = _measure(_write(tmp_path / "small.db", 1_000))
    large = _measure(_write(tmp_path / "large.db", 40_000))
    assert (small[0], large[0]) == (500, 20_000)
    assert large[1] - small[1] < 25


@pytest.mark.soak
def test_a_million_records_need_no_more_memory(tmp_path: Path) -> None:
    """The worst case, every record at risk, is told within 150 MiB."""
    tags, memory = _measure(_write(tmp_path / "million.db", 1_000_000))
    assert tags == 500_000
    assert memory < 150
