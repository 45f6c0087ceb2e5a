"""What a run of a scenario leaves for a report; nothing, unless a report was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pytest_stigmer.harness.options import Options
    from pytest_stigmer.scenario.model import Scenario, Step
    from pytest_stigmer.scenario.runner import Outcome
    from pytest_stigmer.scenario.target import Target


SCENARIO = "stigmer_scenario"
"""The attribute of a test report that carries what was recorded, as JSON."""


class Recorder(Protocol):
    """Sees every run of one scenario's item."""

    def look(self, target: Target, step: Step) -> None:
        """Look at a target after a step of a run."""

    def keep(self, outcome: Outcome, *, cell: str, defect: str | None = None) -> None:
        """Take what the report needs of a run that has ended."""

    def as_json(self) -> str | None:
        """Return what was kept, as JSON; None for nothing."""


class NoRecorder:
    """Keeps nothing, so that a run without a report pays nothing."""

    def look(self, target: Target, step: Step) -> None:
        """Look away."""

    def keep(self, outcome: Outcome, *, cell: str, defect: str | None = None) -> None:
        """Forget the run."""

    def as_json(self) -> str | None:
        """Return None."""
        return None


NO_RECORDER = NoRecorder()


def recorder_of(options: Options, scenario: Scenario) -> Recorder:
    """Return the recorder of one scenario's item."""
    # The summary of a proof needs its outcome alone.
    if not any(path.suffix != ".md" or not options.prove for path in options.reports):
        return NO_RECORDER
    from pytest_stigmer.harness.report_recorder import ScenarioRecorder

    return ScenarioRecorder(scenario, options.defect)
