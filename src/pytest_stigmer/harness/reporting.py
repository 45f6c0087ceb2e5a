"""What is printed and judged at the end of a run; registered once per run as a plugin object."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.prove.matrix import Matrix

ROW = "stigmer_row"
INCONCLUSIVE = "inconclusive: "


class Reporter:
    """Gathers rows of the proof from every process of the run, judges and prints them."""

    def __init__(self, session: HarnessSession, *, is_worker: bool) -> None:
        self._session = session
        self._is_worker = is_worker
        self._rows: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a proved row; on the xdist controller the workers' reports arrive here too."""
        row = getattr(report, ROW, None)
        if row is not None:
            self._rows.append(row)

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count an inconclusive scenario as such, not as skipped."""
        if report.skipped and skip_reason(report).startswith(INCONCLUSIVE):
            return "inconclusive", "I", "INCONCLUSIVE"
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a run red whose proof is not exact, or that proved nothing."""
        if self._proves(session.config):
            green = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
            if green and self.matrix().problems():
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say why scenarios were inconclusive or skipped, and print the kill matrix."""
        for report in terminalreporter.stats.get("inconclusive", []):
            terminalreporter.write_line(f"INCONCLUSIVE {report.nodeid}: {skip_reason(report)}")
        for line in causes(terminalreporter.stats.get("failed", [])):
            terminalreporter.write_line(line)
        skipped = terminalreporter.stats.get("skipped", [])
        for line in skipped_lines(skipped) if skipped else ():
            terminalreporter.write_line(line)
        if self._proves(terminalreporter.config):
            terminalreporter.section("proof")
            writer = terminalreporter.config.get_terminal_writer()
            told = self._proof(writer, is_verbose=terminalreporter.verbosity > 0)
            for line in told:
                terminalreporter.write_line(line)

    def _proof(self, writer: Any, *, is_verbose: bool) -> Iterator[str]:
        """Tell what is not as claimed first; kills in short, unless asked for or few."""
        from pytest_stigmer.defects.catalogue import catalogue
        from pytest_stigmer.prove.matrix import draw, draw_families, judge

        matrix = self.matrix()
        yield from judge(matrix, writer.fullwidth, writer.markup)
        yield ""
        if matrix.complete and not is_verbose:
            families = {defect: catalogue()[defect].family for defect in matrix.defects}
            yield from draw_families(matrix, families.__getitem__, writer.fullwidth, writer.markup)
        else:
            yield from draw(matrix, writer.fullwidth, writer.markup)

    def _proves(self, config: pytest.Config) -> bool:
        collects_only = config.getoption("collectonly", default=False)
        return self._session.options.prove and not self._is_worker and not collects_only

    def matrix(self) -> Matrix:
        """Return the kill matrix of all rows that arrived."""
        from pytest_stigmer.defects.catalogue import DISTRIBUTION, catalogue
        from pytest_stigmer.prove.matrix import merge
        from pytest_stigmer.prove.proof import Row
        from pytest_stigmer.scenario.shipped import known_scenarios

        rows = [Row.from_data(data) for data in self._rows]
        chosen = self._session.options.defects
        of_others = catalogue().of_others(DISTRIBUTION) if chosen else ()
        wanted = tuple(defect for defect in chosen if defect in of_others)
        is_part = self._session.options.shard is not None
        return merge(rows, chosen or tuple(catalogue()), known_scenarios(), wanted, is_part=is_part)


def causes(reports: Iterable[Any]) -> Iterator[str]:
    """Tell the first difference of each red scenario once, with the cells in which it shows."""
    from pytest_stigmer.scenario.model import SUFFIXES

    found: dict[tuple[str, int, str], list[str]] = {}
    for report in reports:
        crash = getattr(report.longrepr, "reprcrash", None)
        path, _, label = report.nodeid.partition("::")
        if crash and path.endswith(SUFFIXES):
            found.setdefault((path, crash.lineno, crash.message), []).append(label)
    for (path, line, cause), labels in found.items():
        cells = [label.rpartition("[")[2].rstrip("]") for label in labels if label.endswith("]")]
        more = f" ({len(labels)} times: also {', '.join(cells)})" if len(labels) > 1 else ""
        yield f"RED {path}:{line} {cause.partition(', ')[2]}{more}"


def skipped_lines(reports: Iterable[Any]) -> list[str]:
    """Return how many scenarios were skipped for which reason, a line each, most first."""
    from pytest_stigmer.scenario.model import SUFFIXES

    ours = (one for one in reports if any(suffix in one.nodeid for suffix in SUFFIXES))
    reasons = Counter(map(skip_reason, ours))
    return [f"SKIPPED {count} scenario(s): {why}" for why, count in reasons.most_common()]


def skip_reason(report: Any) -> str:
    """Return why a test was skipped, without pytest's own prefix; '' for one that was not."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return ""
