"""What is printed and judged at the end of a run; registered once per run as a plugin object."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import ServerLost, UsageError, counted, visible
from pytest_stigmer.scenario import disputed
from pytest_stigmer.scenario.target import gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.prove.matrix import Matrix

ROW = "stigmer_row"
INCONCLUSIVE = "inconclusive: "
LEFT = "stigmer_left"
"""The attribute of a test report with the artifacts that its process has left on a server."""
TRIED = "stigmer_tries"
"""The property of a test that says how often it was tried."""

_NOTHING = (
    "nothing was proved: every scenario was skipped or inconclusive "
    "(--stigmer-allow-inconclusive accepts that)"
)


class Reporter:
    """Gathers rows of the proof from every process of the run, judges and prints them."""

    def __init__(self, session: HarnessSession, *, is_worker: bool) -> None:
        self._session = session
        self._is_worker = is_worker
        self._rows: list[dict[str, Any]] = []
        self._verdicts = 0
        self._open = 0
        self._disputed: list[str] = []
        self._left: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a proved row; on the xdist controller the workers' reports arrive here too."""
        row = getattr(report, ROW, None)
        if row is not None:
            self._rows.append(row)
        self._left |= set(getattr(report, LEFT, ()))
        if report.when == "call":
            points = (value for name, value in report.user_properties if name == disputed.PROPERTY)
            self._disputed += map(str, points)
        is_open = report.skipped and not hasattr(report, "wasxfail")
        self._open += is_open and _is_of_scenario(report)
        self._verdicts += report.when == "call" and not is_open

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Refuse a run against a server that is not there, before any test is red for it."""
        only_looks = self._is_worker or session.config.option.collectonly
        if not self._session.options.remote or only_looks:
            return
        try:
            _ = self._session.remote.steerable
        except (ServerLost, UsageError) as error:
            raise pytest.UsageError(visible(error)) from error

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count an inconclusive scenario as such, not as skipped."""
        if report.skipped and skip_reason(report).startswith(INCONCLUSIVE):
            return "inconclusive", "I", "INCONCLUSIVE"
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a run red whose proof is not exact, or that proved nothing; print no page twice."""
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        if terminal and not self._is_worker:
            _fold_pages(terminal.stats.get("failed", []))
        if self._proves(session.config):
            green = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
            if green and self.matrix().problems():
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif session.exitstatus == pytest.ExitCode.OK and self._proved_nothing():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _proved_nothing(self) -> bool:
        is_accepted = self._is_worker or self._session.options.server.allow_inconclusive
        return bool(self._open) and not self._verdicts and not is_accepted

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say why scenarios were inconclusive or skipped, and print the kill matrix."""
        from pytest_stigmer.targets.isolation import told_left

        for report in terminalreporter.stats.get("inconclusive", []):
            terminalreporter.write_line(f"INCONCLUSIVE {report.nodeid}: {skip_reason(report)}")
        for report in (one for told in terminalreporter.stats.values() for one in told):
            tries = dict(getattr(report, "user_properties", ())).get(TRIED)
            if tries and report.when == "call":
                terminalreporter.write_line(f"TRIED {tries} TIMES {report.nodeid}")
        for line in (*disputed.told(self._disputed), *told_left(self._left)):
            terminalreporter.write_line(line)
        if self._proved_nothing():
            terminalreporter.write_line(_NOTHING, red=True)
        skipped = terminalreporter.stats.get("skipped", [])
        for line in skipped_lines(skipped) if skipped else ():
            terminalreporter.write_line(line)
        if self._proves(terminalreporter.config):
            terminalreporter.section("proof")
            writer = terminalreporter.config.get_terminal_writer()
            for line in self._proof(writer, is_verbose=terminalreporter.verbosity > 0):
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


class Causes:
    """Tells the causes below pytest's short summary, which cuts them off behind a long id."""

    @pytest.hookimpl(optionalhook=True, wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, None, None]:
        """Write them last: what stands at the end of a terminal is read first."""
        yield
        root = terminalreporter.config.rootpath
        here = terminalreporter.config.invocation_params.dir

        def place(path: str) -> str:
            return os.path.relpath(root / path, here) if here.is_relative_to(root) else path

        for line in causes(terminalreporter.stats.get("failed", []), place):
            terminalreporter.write_line(line)


def causes(reports: Iterable[Any], place: Callable[[str], str] = str) -> Iterator[str]:
    """Tell the first difference of each red scenario once, with the cells in which it shows.

    Likewise each symptom of a class of the kit, with the promises: those about order first.
    `place` says how whoever reads it writes the path of an id.
    """
    reports = list(reports)
    yield from sorted(_symptoms(reports, place), key=_is_early, reverse=True)
    for (path, line, cause), found in _of_one_cause(reports).items():
        _, *others = sorted(found, key=lambda report: report.nodeid.endswith("]"))
        more = f" ({len(found)} times: also {_cells(others)})" if others else ""
        yield f"RED {place(path)}:{line} {cause.removeprefix(f'line {line}, ')}{more}"


def _fold_pages(reports: Iterable[Any]) -> None:
    """Let pytest print one page per cause, which names the other cells or promises of it."""
    reports = list(reports)
    alike = [(found, _cells) for found in _of_one_cause(reports).values()]
    alike += [(found, _names) for found in _of_one_symptom(reports).values()]
    for (first, *others), names in alike:
        if others:
            first.longrepr.addsection(f"the same in {len(others)} more", names(others))
        for report in others:
            report._pdbshown = True  # noqa: SLF001 - pytest's own word for a failure already shown


def _of_one_cause(reports: Iterable[Any]) -> dict[tuple[str, int, str], list[Any]]:
    """Put red scenarios together that have one file, line and first difference."""
    from pytest_stigmer.scenario.model import SUFFIXES

    found: dict[tuple[str, int, str], list[Any]] = {}
    for report in reports:
        crash = getattr(report.longrepr, "reprcrash", None)
        path = report.nodeid.partition("::")[0]
        if crash and path.endswith(SUFFIXES):
            found.setdefault((path, crash.lineno, crash.message), []).append(report)
    return found


def _cells(reports: Iterable[Any]) -> str:
    """Return the cells of items, which stand at the end of their ids; the plain one has none."""
    labels = (report.nodeid.partition("::")[2] for report in reports)
    return ", ".join(
        label.rpartition("[")[2].removesuffix("]") if label.endswith("]") else label
        for label in labels
    )


def _of_one_symptom(reports: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    """Put promises of the kit together that one class does not keep, with one symptom."""
    from pytest_stigmer.scenario.model import SUFFIXES

    found: dict[tuple[str, str], list[Any]] = {}
    for report in reports:
        crash = getattr(report.longrepr, "reprcrash", None)
        place, _, promise = report.nodeid.partition("::test_promise")
        if crash and promise and str(crash.path).endswith(SUFFIXES):
            found.setdefault((place, crash.message), []).append(report)
    return found


def _names(reports: Iterable[Any]) -> str:
    """Return the names of promises of the kit."""
    return ", ".join(map(_promise, reports))


def _promise(report: Any) -> str:
    folder = Path(report.longrepr.reprcrash.path).parent.name
    return f"{folder}{report.nodeid.partition('::test_promise')[2]}"


def _symptoms(reports: Iterable[Any], place: Callable[[str], str]) -> Iterator[str]:
    for (owner, symptom), found in _of_one_symptom(reports).items():
        first, *others = sorted(map(_promise, found), key=_is_early, reverse=True)
        more = f" and {len(others)} more" if others else ""
        yield f"RED {place(owner)} {first}{more}: {symptom}"


def _is_early(told: str) -> bool:
    """Whether it is about order: under a condition it says less about it."""
    return bool(re.search(r"(^| )ordering\[", told)) and ": under " not in told


def skipped_lines(reports: Iterable[Any]) -> list[str]:
    """Return how many scenarios were skipped for which reason, a line each, most first."""
    reasons = map(skip_reason, filter(_is_of_scenario, reports))
    return [f"SKIPPED {counted(count, 'scenario')}: {why}" for why, count in gathered(reasons)]


def _is_of_scenario(report: Any) -> bool:
    from pytest_stigmer.scenario.model import SUFFIXES

    return any(suffix in report.nodeid for suffix in SUFFIXES)


def skip_reason(report: Any) -> str:
    """Return why a test was skipped, without pytest's own prefix; '' for one that was not."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return ""
