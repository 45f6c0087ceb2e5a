"""Records the runs of one scenario: every step, and every archive from the step that wrote it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from pytest_stigmer.harness.scratch import without_scratch
from pytest_stigmer.report.data import (
    ArchiveData,
    Deviation,
    RpcData,
    RunData,
    ScenarioData,
    StepData,
)
from pytest_stigmer.report.joining import merged
from pytest_stigmer.scenario.followers import versions
from pytest_stigmer.scenario.report import exchange
from pytest_stigmer.scenario.timeline import LOOKUPS, places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_stigmer.scenario.followers import Version
    from pytest_stigmer.scenario.model import Scenario, Step
    from pytest_stigmer.scenario.runner import Outcome, Performed
    from pytest_stigmer.scenario.target import AuditRow, Target

_MAX_TEXT = 500
_MAX_PAIRS = 60


class ScenarioRecorder:
    """Keeps what a report tells of one scenario: each reference run, a red run per defect."""

    def __init__(self, scenario: Scenario, defect: str | None) -> None:
        self._scenario = scenario
        self._defect = defect
        self._rows: dict[int, tuple[AuditRow, Step]] = {}
        self._runs: list[RunData] = []

    def look(self, target: Target, step: Step) -> None:
        """Note which audit records are new: this step wrote them."""
        if step.place == self._scenario.all_steps()[0].place:
            self._rows.clear()  # the calls at once are made again, in another order
        try:
            rows = target.timeline() or ()
        except Exception:  # noqa: BLE001 - a scenario may close or lock the store it is about
            return
        for row in rows:
            self._rows.setdefault(row.id, (row, step))

    def keep(self, outcome: Outcome, *, cell: str, defect: str | None = None) -> None:
        """Take one run; of a proof's defect the first that is red in a way of its own."""
        run = _run_data(outcome, self._rows, cell, defect or self._defect)
        if defect is None and outcome.reds:
            run = dataclasses.replace(
                run, steps=tuple(map(_with_rpc, run.steps, outcome.performed))
            )
        if defect is None:
            self._runs.append(run)
        elif not (run.status == "passed" or self._is_told(run)):
            self._runs.append(_in_short(run))
        self._rows.clear()

    def _is_told(self, run: RunData) -> bool:
        happened = dataclasses.replace(run, defect=None, cells=())
        return any(
            known.defect == run.defect
            or (known.defect is None and dataclasses.replace(known, cells=()) == happened)
            for known in self._runs
        )

    def as_json(self) -> str | None:
        """Return the scenario and its runs as JSON."""
        scenario = self._scenario
        data = ScenarioData(
            title=scenario.title,
            path=str(scenario.path),
            line=scenario.line,
            description=scenario.description,
            detects=scenario.detects,
            source=scenario.path.read_text(encoding="utf-8"),
            runs=merged(tuple(self._runs)),
        )
        return without_scratch(json.dumps(dataclasses.asdict(data), default=str))


def _in_short(run: RunData) -> RunData:
    """Leave of a proof's red run what shows the defect: there are thousands of them."""
    reds = tuple(step for step in run.steps if step.differences)
    is_about_rows = any(step.answered or step.expected_rows for step in reds)
    rows = (dataclasses.replace(row, step=0) for row in run.archives if is_about_rows)
    return dataclasses.replace(run, steps=reds, archives=tuple(rows), explanation="")


def _run_data(
    outcome: Outcome, rows: Mapping[int, tuple[AuditRow, Step]], cell: str, defect: str | None
) -> RunData:
    numbers = {performed.step.place: at for at, performed in enumerate(outcome.performed)}
    written = [(row, numbers.get(step.place, 0)) for row, step in rows.values()]
    known = versions(outcome)
    return RunData(
        status=str(outcome.status),
        cells=(cell,),
        case=outcome.scenario.case["case"] if outcome.scenario.case else "",
        defect=defect,
        target=outcome.target,
        reason=outcome.reason,
        stopped=outcome.stopped.line if outcome.stopped else None,
        steps=tuple(
            _step_data(performed, [row for row, at in written if at <= number], known)
            for number, performed in enumerate(outcome.performed)
        ),
        archives=tuple(_archive_data(row, at) for row, at in written),
        explanation=(outcome.evidence.explanation or "") if outcome.evidence else "",
    )


def _step_data(performed: Performed, rows: list[AuditRow], known: Sequence[Version]) -> StepData:
    exchanged = exchange(performed, known)
    answered, expected = places(rows, performed) if _is_lookup(performed) else ({}, {})
    return StepData(
        verb=exchanged.happened.verb,
        line=exchanged.happened.line,
        at=exchanged.happened.at,
        sent=_short(exchanged.happened.sent),
        save_as=exchanged.happened.save_as,
        got=_short(exchanged.got),
        expected=_short(exchanged.expected),
        differences=tuple(
            Deviation(d.where, _cut(d.expected), _cut(d.got), d.why, d.follows)
            for d in exchanged.differences
        ),
        server_times=dict(exchanged.server_times),
        left_out=exchanged.left_out,
        answered={str(row_id): place for row_id, place in answered.items()},
        expected_rows={str(row_id): place for row_id, place in expected.items()},
    )


def _with_rpc(step: StepData, performed: Performed) -> StepData:
    """Tell the call behind a step, as somebody makes it again who has no scenarios."""
    rpc = performed.answer.rpc
    return dataclasses.replace(step, rpc=RpcData(**dataclasses.asdict(rpc()))) if rpc else step


def _is_lookup(performed: Performed) -> bool:
    return performed.step.verb in LOOKUPS


def _archive_data(row: AuditRow, step: int) -> ArchiveData:
    return ArchiveData(
        row.id, step, row.kind, row.resource_id, row.archived_at, row.version_hash, row.tag
    )


def _short(pairs: Sequence[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    cut = tuple((path, _cut(value)) for path, value in pairs[:_MAX_PAIRS])
    left_out = len(pairs) - len(cut)
    return (*cut, ("...", f"and {left_out} more values")) if left_out else cut


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if len(text) <= _MAX_TEXT:
        return value
    return f"{text[:_MAX_TEXT]}... ({len(text)} characters)"
