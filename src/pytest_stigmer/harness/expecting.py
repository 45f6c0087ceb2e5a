"""Expected reds in a run of pytest: known ones pass as such, new and mended ones fail."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_stigmer.clock import SystemClock
from pytest_stigmer.harness.diagnosing import ASKED
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.scenario import expected
from pytest_stigmer.scenario.expected import Expected
from pytest_stigmer.scenario.model import SUFFIX
from pytest_stigmer.scenario.shipped import known_scenarios


@dataclass
class _Asked:
    """What one scenario or promise was asked in all its runs; `whole` once all of it was."""

    subject: str
    reds: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    whole: bool = False


class Expecter:
    """Registered where a run has a file of expected reds, or writes one."""

    def __init__(self, session: HarnessSession) -> None:
        options = session.options
        self._path, self._target = options.expect, options.target
        self._write = options.write_expectations
        known = self._path or (self._write if self._write and self._write.exists() else None)
        self._known = expected.read(known, options.target) if known else ()
        self._asked: dict[str, _Asked] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, Any]:
        """Make an xfail of a red that is expected."""
        report = yield
        told = getattr(report, ASKED, None)
        if told and report.failed and self._path is not None:
            by_step = {red: self._of(told["name"], red) for red in told["reds"]}
            report.sections += [
                ("stigmer", f"expected: {entry}") for entry in by_step.values() if entry
            ]
            if all(by_step.values()):
                report.outcome = "skipped"
                reasons = dict.fromkeys(
                    entry.why or f"no reason given, {self._path}:{entry.line}"
                    for entry in by_step.values()
                    if entry
                )
                report.wasxfail = "expected: " + "; ".join(reasons)
        return report

    def _of(self, name: str, step: str) -> Expected | None:
        return next((entry for entry in self._known if entry.covers(name, step)), None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what was asked, on the xdist controller too."""
        told = getattr(report, ASKED, None)
        if told is not None:
            asked = self._asked.setdefault(told["name"], _Asked(told["subject"]))
            asked.reds |= set(told["reds"])
            asked.steps |= set(told["steps"])
            asked.whole |= not told["reds"]

    def mended(self) -> list[Expected]:
        """Return the expected reds that were asked and are red no more."""
        return [entry for entry in self._known if self._is_mended(entry)]

    def _is_mended(self, entry: Expected) -> bool:
        asked = self._asked.get(entry.name)
        if asked is None or any(entry.covers(entry.name, red) for red in asked.reds):
            return False
        return asked.whole or entry.step in asked.steps

    def problems(self) -> Iterator[str]:
        """Yield why a run is red besides its tests, a sentence each."""
        for entry in self.mended():
            where = f"{self._path}:{entry.line}"
            yield f"{where}: {entry}: is green now: remove it"
        known = {path.name.removesuffix(SUFFIX) for path in known_scenarios()}
        for entry in self._known:
            is_known = entry.name.partition("[")[0] in known or entry.name in self._asked
            if entry.subject == "scenario" and not is_known:
                yield f"{self._path}:{entry.line}: {entry}: there is no such scenario"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail where an expected red is mended; write the file that was asked for."""
        if hasattr(session.config, "workerinput"):
            return
        if self._path and any(self.problems()) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self._write:
            diagnoser = session.config.pluginmanager.get_plugin("stigmer-diagnoser")
            likely = diagnoser.likely() if diagnoser else {}
            text = expected.written(self._to_write(likely), self._target)
            self._write.write_text(text, encoding="utf-8")

    def _to_write(self, likely: Mapping[tuple[str, str], str]) -> Iterator[Expected]:
        """Yield an entry per red step: as the file had it, or new with its likely defect."""
        today = SystemClock().now().date().isoformat()
        for name, asked in sorted(self._asked.items()):
            for step in sorted(asked.reds, key=lambda step: (len(step.partition(":")[0]), step)):
                new = Expected(asked.subject, name, step, likely.get((name, step), ""), since=today)
                yield self._of(name, step) or new

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how many reds were expected, and what is wrong with the file."""
        if self._write:
            terminalreporter.write_line(f"expected reds written: {self._write}; give the reasons")
        if self._path:
            met = [entry for entry in self._known if self._is_met(entry)]
            bare = sum(1 for entry in met if not entry.reason)
            without = f", {bare} of them without a reason" if bare else ""
            terminalreporter.write_line(f"expected reds: {len(met)}{without} ({self._path})")
            for problem in self.problems():
                terminalreporter.write_line(problem, red=True)

    def _is_met(self, entry: Expected) -> bool:
        asked = self._asked.get(entry.name)
        return asked is not None and any(entry.covers(entry.name, red) for red in asked.reds)
