"""Scenarios as pytest items: one per scenario and plan cell, or one per scenario when proving."""

from __future__ import annotations

import os
import shutil
import threading
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.conditions.choice import (
    PLAIN,
    chosen,
    classes_of,
    conditions_of,
    label_of,
    plan_cells,
)
from pytest_stigmer.errors import ScenarioError, ServerLost, UsageError, told_path, visible
from pytest_stigmer.harness.recording import recorder_of
from pytest_stigmer.harness.reporting import INCONCLUSIVE, TRIED
from pytest_stigmer.harness.run_session import DATABASES, PROVED, RECORDED, HarnessSession
from pytest_stigmer.harness.runs import outcome_of, proved
from pytest_stigmer.harness.starting import session_of
from pytest_stigmer.harness.tracebacks import told_page
from pytest_stigmer.scenario.disputed import points_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from _pytest._code.code import ExceptionInfo

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome


class ScenarioRed(Exception):
    """A scenario whose answers are not as expected."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(visible(outcome.reason))
        self.outcome = outcome


class NotAsClaimed(Exception):
    """A scenario whose row of the kill matrix is not as claimed."""


class ScenarioFile(pytest.File):
    """A `*.scenario.yaml` file."""

    def collect(self) -> Iterable[pytest.Item]:
        """Load the scenario and make its items."""
        from pytest_stigmer.scenario.loader import load

        scenario = load(self.path)
        _check_claims(scenario)
        if session_of(self.config).options.prove:
            _check_seconds(scenario)
            yield ProofItem.of(self, scenario, scenario.title)
            return
        options = session_of(self.config).options
        cells = plan_cells(scenario, own_store=not options.remote)
        cells += conditions_of(scenario, chosen(options.conditions), harmful=options.may_fill)
        for case in scenario.expanded():
            for cell in cells:
                yield ScenarioItem.of(self, case, label_of(case, cell), cell)

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002
        """Show the faults of a file as they are, without a traceback of ours."""
        if isinstance(excinfo.value, ScenarioError):
            return visible(excinfo.value)
        return super().repr_failure(excinfo)  # a collector takes no style


class _Item(pytest.Item):
    """What running and proving share: the scenario, its marks and its place."""

    scenario: Scenario
    cell: str

    @classmethod
    def of(cls, parent: ScenarioFile, scenario: Scenario, name: str, cell: str = PLAIN) -> _Item:
        """Make the item of one scenario in one plan cell."""
        item: _Item = cls.from_parent(parent, name=name)
        item.scenario, item.cell = scenario, cell
        item.stash[RECORDED] = recorder_of(item.harness.options, scenario)
        item.user_properties += item.properties()
        for mark in scenario.marks:
            item.add_marker(_mark(scenario, mark))
        return item

    @property
    def harness(self) -> HarnessSession:
        """The session this item runs in."""
        return session_of(self.config)

    def properties(self) -> list[tuple[str, object]]:
        """Return what JUnit XML tells of this item besides its outcome."""
        options = self.harness.options
        cell = [] if options.prove else [("stigmer_cell", self.cell)]
        detects = [("stigmer_detects", " ".join(self.scenario.detects))]
        return [
            ("stigmer_target", options.target),
            ("stigmer_seed", options.seed),
            *cell,
            *(detects if self.scenario.detects else []),
        ]

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the file, the line (from 0) and the title, as reports show them."""
        return self.path, self.scenario.line - 1, self.name


class ScenarioItem(_Item):
    """One scenario on the chosen target, in one plan cell."""

    def runtest(self) -> None:
        """Run the scenario and turn its outcome into pytest's."""
        recorder = self.stash[RECORDED]
        kept = self.stash.setdefault(DATABASES, [])
        outcome = outcome_of(self.harness, self.scenario, self.cell, self.nodeid, recorder, kept)
        self.user_properties += points_of(outcome)
        if outcome.tries > 1:
            self.user_properties.append((TRIED, outcome.tries))
        if outcome.status == "skipped":
            pytest.skip(visible(outcome.reason))
        if outcome.status == "inconclusive":
            pytest.skip(INCONCLUSIVE + visible(outcome.reason))
        if outcome.status != "passed":
            raise ScenarioRed(outcome)

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a red scenario as a page, and the loss of a server as one line."""
        if isinstance(excinfo.value, ServerLost):
            return visible(excinfo.value)
        if not isinstance(excinfo.value, ScenarioRed):
            return super().repr_failure(excinfo, style)
        from pytest_stigmer.scenario.render import first_difference, render
        from pytest_stigmer.scenario.report import page

        options = self.harness.options
        shown = page(
            excinfo.value.outcome,
            seed=options.seed,
            defect=options.defect,
            label=self.name,
            conditions=self.cell if classes_of(self.cell) else "",
        )
        text = render(shown, shutil.get_terminal_size().columns)
        line = int(shown.where.rpartition(":")[2])
        return told_page(text, self.path, line, first_difference(shown))


class ProofItem(_Item):
    """One scenario against the reference and every defect."""

    def runtest(self) -> None:
        """Prove the scenario; fail unless its row is exactly as claimed."""
        row = proved(
            self.harness, self.scenario, self.nodeid, self.stash[RECORDED], self._processes()
        )
        self.stash[PROVED] = row
        if problems := row.problems():
            raise NotAsClaimed(
                "\n".join(f"{self.scenario.title} {problem}" for problem in problems)
            )

    def _processes(self) -> int:
        """Return how many processes may prove it: more than this one if it is alone in its run.

        Where there are other threads nothing is forked: one may hold a lock that a fork waits for.
        """
        is_alone = len(self.session.items) == 1 and self.harness.worker == "main"
        is_free = is_alone and self.config.getoption("numprocesses", None) is None
        can_fork = hasattr(os, "fork") and threading.active_count() == 1
        return os.cpu_count() or 1 if is_free and can_fork else 1

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is not as claimed, with the line of the claims."""
        if not isinstance(excinfo.value, NotAsClaimed):
            return super().repr_failure(excinfo, style)
        line = self.scenario.lines.get("detects", self.scenario.line)
        return f"{told_path(self.path)}:{line}: the proof failed\n{visible(excinfo.value)}"


def _mark(scenario: Scenario, name: str) -> pytest.MarkDecorator:
    """Return pytest's mark of a name; one that is not registered is told at its line."""
    line = scenario.lines.get("marks", scenario.line)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found: pytest.MarkDecorator = getattr(pytest.mark, name)
        except pytest.fail.Exception as error:  # --strict-markers
            raise ScenarioError(scenario.path, line, f"marks: {error}") from None
    for warning in told:
        warnings.warn_explicit(warning.message, warning.category, str(scenario.path), line)
    return found


def _check_seconds(scenario: Scenario) -> None:
    """Refuse to claim a wrong order over the API without saying that archives share a second.

    Without a `clock` nobody proves on a server that they did, and it is green by luck.
    """
    from pytest_stigmer.defects.catalogue import catalogue

    if scenario.clock or not scenario.needs <= {"skills", "clock"}:
        return
    ordering = [claim for claim in scenario.detects if catalogue()[claim].family == "ordering"]
    if ordering:
        line = scenario.lines["detects"]
        why = f"{ordering[0]} shows among archives of one second: give the scenario a `clock`"
        raise ScenarioError(scenario.path, line, f"detects: {why}")


def _check_claims(scenario: Scenario) -> None:
    """Refuse defects and conditions that nobody knows."""
    from pytest_stigmer.defects.catalogue import known_id

    def check(key: str, known: Callable[[str], object], words: Iterable[str]) -> None:
        for word in words:
            try:
                known(word)
            except UsageError as error:
                line = scenario.lines.get(key, scenario.line)
                raise ScenarioError(scenario.path, line, f"{key}: {error}") from error

    check("detects", known_id, scenario.detects)
    check("not_under", classes_of, scenario.not_under)
    for condition, claims in scenario.detects_under.items():
        check("detects_under", classes_of, [condition])
        check("detects_under", known_id, claims)
