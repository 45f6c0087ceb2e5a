"""Annotations on GitHub: each scenario that is not green, at the line of its failing step.

Format: docs.github.com/actions, workflow commands, "Setting an error message".
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_stigmer.errors import visible
from pytest_stigmer.harness.reporting import INCONCLUSIVE, skip_reason
from pytest_stigmer.scenario.model import SUFFIXES

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(rf"(?:{'|'.join(map(re.escape, SUFFIXES))}):(\d+)")
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


class Annotation(NamedTuple):
    """One mark on one line of a file in the repository."""

    level: str
    file: str
    line: int
    title: str
    message: str

    def command(self) -> str:
        """Return the line that GitHub reads from the job's output."""
        title, file = (_escaped(text, _PROPERTY) for text in (self.title, self.file))
        message = _escaped(self.message, _DATA)
        return f"::{self.level} file={file},line={self.line},title={title}::{message}"


class Annotator:
    """Registered where the environment says that the run is a job of GitHub's."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: dict[tuple[str, str], Annotation] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a scenario that is red or inconclusive."""
        if report.failed:
            self._note(report, "error", report.longreprtext)
        elif report.skipped and skip_reason(report).startswith(INCONCLUSIVE):
            self._note(report, "warning", skip_reason(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a scenario file that cannot be read; every xdist worker tells it."""
        if report.failed:
            self._note(report, "error", report.longreprtext)

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the annotations, each on a line of its own."""
        for annotation in sorted(self._found.values()):
            terminalreporter.write_line(annotation.command())

    def _note(
        self, report: pytest.TestReport | pytest.CollectReport, level: str, text: str
    ) -> None:
        path, _, title = report.nodeid.partition("::")
        if not path.endswith(SUFFIXES):
            return
        found = _LINE.search(text)
        line = int(found[1]) if found else ((report.location or ("", 0, ""))[1] or 0) + 1
        file = os.path.relpath(self._root / path, os.environ.get("GITHUB_WORKSPACE", self._root))
        # Cells of one cause are one mark: GitHub shows ten of a kind.
        cause = getattr(getattr(report.longrepr, "reprcrash", None), "message", report.nodeid)
        made = Annotation(level, file, line, visible(title or path, line=True), visible(text))
        self._found.setdefault((f"{file}:{line}", cause), made)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
