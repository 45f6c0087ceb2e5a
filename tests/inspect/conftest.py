"""Store files to look into, and the command that does."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_stigmer.harness.inspecting import add_arguments, run
from pytest_stigmer.store.bulk import load_history, load_resources
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import AuditRow, ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = dt.datetime(2026, 1, 25, 10, 0, 0, tzinfo=dt.UTC)


Ask = "Callable[..., Told]"


class Told(NamedTuple):
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What was printed as JSON."""
        return json.loads(self.out)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a database that does not exist yet."""
    return tmp_path / "stigmer.db"


@pytest.fixture
def audits(path: Path) -> Callable[..., Path]:
    """Give a function that writes records (second, tag, hash, resource id) and closes the file."""

    def write(*records: tuple[Any, ...], live: tuple[str, ...] = ("skl-1",)) -> Path:
        with SqliteStore(path) as store:
            load_resources(store, [ResourceRow("skill", live_id, b"") for live_id in live])
            load_history(store, [audit(*record) for record in records])
        return path

    return write


def audit(second: float, tag: str, version_hash: str, resource_id: str = "skl-1") -> AuditRow:
    """Return a record archived so many seconds after ten o'clock."""
    instant = START + dt.timedelta(seconds=second)
    return AuditRow("skill", resource_id, b"", version_hash, tag, instant)


@pytest.fixture
def inspected(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give a function that runs the command with the words of a command line."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)

    def call(*words: object) -> Told:
        code = run(parser.parse_args([str(word) for word in words]))
        return Told(code, *capsys.readouterr())

    return call


@pytest.fixture
def ask(audits: Callable[..., Path], inspected: Callable[..., Told]) -> Ask:
    """Give a function that writes records and returns what the command tells of them as JSON."""
    return lambda *records, **more: inspected(audits(*records, **more), "--json")
