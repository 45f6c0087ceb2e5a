"""The bodies of the plugin's hooks."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from pytest_stigmer.declared import SESSION
from pytest_stigmer.harness.recording import SCENARIO
from pytest_stigmer.harness.reporting import LEFT, ROW
from pytest_stigmer.harness.run_session import FAILED, PROVED, RECORDED
from pytest_stigmer.harness.starting import session_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def finish(config: pytest.Config) -> None:
    """Stop and remove what the run left behind, while xdist still waits for this process.

    Once a worker has said that it finished, it is killed when its last hooks last longer than 5 s,
    which another plugin's can.
    """
    config.stash[SESSION].close()


def header(config: pytest.Config) -> str:
    """Return the header line: seed, target, and the defect in place and the part if any."""
    options = session_of(config).options
    told = f"stigmer: seed {options.seed}, target {options.target}"
    told += f", defect {options.defect}" if options.defect else ""
    if options.shard:
        told += f", shard {options.shard}"
        told += f" by durations {options.shard.durations}" if options.shard.durations else ""
    return told


def send_to_worker(node: Any) -> None:
    """Give an xdist worker the seed of this run."""
    node.workerinput["stigmer_seed"] = session_of(node.config).options.seed


def collect_file(path: Path, parent: pytest.Collector) -> pytest.Collector:
    """Return the collector of a scenario file."""
    from pytest_stigmer.harness.collection import ScenarioFile

    return ScenarioFile.from_parent(parent, path=path)


def shortened(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """Let a failure end at the user's line; return what it prints where there is none."""
    # A failure of ours has loaded the errors; other tests' failures are none of our business.
    if call.excinfo is None or "pytest_stigmer.errors" not in sys.modules:
        return None
    from pytest_stigmer.harness.tracebacks import end_at_the_users_line, told_promise

    if page := getattr(call.excinfo.value, "page", None):  # of a promise of the kit
        return told_promise(str(call.excinfo.value), page)
    return end_at_the_users_line(item, call)


_NARROW = re.compile(r"ScopeMismatch: .* fixture (stigmer_(\w+)) with a (\w+) scoped")


def _better_scope(text: str) -> list[tuple[str, str]]:
    """Tell who asked for one of our fixtures from a broader scope what makes one of that scope."""
    found = _NARROW.search(text)
    if found is None:
        return []
    fixture, kind, scope = found.groups()
    if kind not in ("store", "skills", "service", "clock"):
        return [("stigmer", f"{fixture} belongs to one test; pytest_stigmer has what it gives")]
    line = f'my_{kind} = {kind}_fixture(scope="{scope}")'
    text = f"{fixture} belongs to one test; for a fixture that lives for a {scope}, in conftest.py:"
    return [("stigmer", f"{text}\n  from pytest_stigmer.fixtures import {kind}_fixture\n  {line}")]


def annotate(item: pytest.Item, report: Any, text: Any) -> Any:
    """Attach the row of a proof and, on failure, how to look at the test's databases.

    `text` stands in the place of a traceback that has no line of the user's.
    """
    report.longrepr = text or report.longrepr
    if SESSION in item.config.stash:
        setattr(report, LEFT, sorted(item.config.stash[SESSION].left))
    if report.when == "call" and PROVED in item.stash:
        setattr(report, ROW, item.stash[PROVED].as_data())
    if report.when == "call" and RECORDED in item.stash:
        setattr(report, SCENARIO, item.stash[RECORDED].as_json())
    if report.failed:
        report.sections += _better_scope(str(report.longrepr))
        item.stash[FAILED] = True
        notes = session_of(item.config).notes(item)
        report.sections += [("stigmer", "\n".join(notes))] if notes else []
    return report
