"""Gathers the reports of all processes of a run and writes the files that were asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import SystemClock, stopwatch
from pytest_stigmer.errors import told_path
from pytest_stigmer.harness import report_building as building
from pytest_stigmer.report.data import Times

if TYPE_CHECKING:
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.report.data import Document


class Collector:
    """Registered for a run with reports, on the xdist controller where there is one."""

    def __init__(self, session: HarnessSession, config: pytest.Config) -> None:
        self._session = session
        self._config = config
        self._phases: dict[str, list[pytest.TestReport]] = {}
        self._collected: dict[str, pytest.CollectReport] = {}
        self._unwritten: dict[Path, OSError] = {}
        self._started = SystemClock().now()
        self._watch = stopwatch()
        for path in session.options.reports:
            _check_writable(path)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep one phase of one test; a rerun takes the place of the run before."""
        phases = self._phases.setdefault(report.nodeid, [])
        if report.when == "setup":
            phases.clear()
        phases.append(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected; every xdist worker tells it."""
        if report.failed or report.skipped:
            self._collected[report.nodeid] = report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the files; a run whose report cannot be written is not a good one."""
        document = self.document(int(session.exitstatus if session else exitstatus))
        for path in self._session.options.reports:
            try:
                write(document, path)
            except OSError as error:
                self._unwritten[path] = error
        if self._unwritten and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        _append_to_job_page(document)

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the reports are."""
        for path in self._session.options.reports:
            error = self._unwritten.get(path)
            told = told_path(path)
            line = f"{told} was not written: {error}" if error else told
            terminalreporter.write_line(f"stigmer report: {line}", red=bool(error))

    def document(self, exit_code: int) -> Document:
        """Build the model of the run."""
        plugins = self._config.pluginmanager
        expecter = plugins.get_plugin("stigmer-expecter")
        run = building.Run(
            session=self._session,
            root=self._config.rootpath,
            exit_code=exit_code,
            times=Times(
                self._started.isoformat(timespec="seconds"), round(stopwatch() - self._watch, 3)
            ),
            collected=getattr(plugins.get_plugin("stigmer-selection"), "ids", ""),
            causes=getattr(plugins.get_plugin("stigmer-diagnoser"), "causes", {}),
            problems=tuple(expecter.problems()) if expecter else (),
        )
        reporter = plugins.get_plugin("stigmer-reporter")
        matrix = reporter.matrix() if self._session.options.prove and reporter else None
        return building.document(
            run, list(self._phases.values()), list(self._collected.values()), matrix
        )


def write(document: Document, path: Path) -> None:
    """Write a document as the suffix of the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = rendered(document, path.suffix)
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def rendered(document: Document, suffix: str) -> str:
    """Render a document as the suffix of its file's name says."""
    if suffix == ".json":
        from pytest_stigmer.report.as_json import render
    elif suffix == ".md":
        from pytest_stigmer.report.markdown import render
    else:
        from pytest_stigmer.report.html_page import render
    return render(document)


def _append_to_job_page(document: Document) -> None:
    """Put the summary on GitHub's page of the job, where there is one."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and os.environ.get("GITHUB_ACTIONS") == "true":
        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as page:
            page.write(rendered(document, ".md"))


def _check_writable(path: Path) -> None:
    """Refuse at the start what would fail at the end."""
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    if not os.access(place, os.W_OK) or (place.is_file() and place != path):
        msg = f"--stigmer-report {path}: {place} cannot be written"
        raise pytest.UsageError(msg)
