"""Runs a scenario on a target and keeps what happened; nothing is formatted until a report asks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import DEFAULT_START
from pytest_stigmer.errors import ServerLost, StigmerError
from pytest_stigmer.scenario.compare import Difference, difference
from pytest_stigmer.scenario.saved_values import NoSuchValue, resolve
from pytest_stigmer.scenario.target import Answer, Inconclusive, Unsupported

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from pytest_stigmer.scenario.model import ExpectedFailure, Scenario, Step
    from pytest_stigmer.scenario.target import AuditRow, Target


class Status(StrEnum):
    """How a run ended; only `passed` is a success."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Performed:
    """One step as it happened, with saved values filled in."""

    step: Step
    sent: Mapping[str, Any]
    answer: Answer
    returns: Any = None
    fails: ExpectedFailure | None = None
    differences: tuple[Difference, ...] = ()
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the target could show of itself right after the step that failed."""

    timeline: tuple[AuditRow, ...] = ()
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of one scenario on one target.

    `reason` is one sentence unless the status is `passed`; `stopped` the step at which the run
    ended early; `error` the exception behind the status `error`.
    """

    scenario: Scenario
    target: str
    status: Status
    performed: tuple[Performed, ...] = ()
    reason: str = ""
    stopped: Step | None = None
    evidence: Evidence | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Run:
    """The state of a run while it lasts."""

    target: Target
    performed: list[Performed] = field(default_factory=list)
    saved: dict[str, Any] = field(default_factory=dict)


def run(scenario: Scenario, target: Target, *, evidence: bool = True) -> Outcome:
    """Run the steps until one is not as expected; the clock is first set to the scenario's start.

    With `evidence` the failed step's timeline and query plan are collected while the target still
    stands. Never raises for what a target does, except KeyboardInterrupt and its like.
    """
    missing = sorted(scenario.needs - target.capabilities)
    if missing:
        reason = f"the target {target.name} offers no {' and no '.join(missing)}"
        return Outcome(scenario, target.name, Status.SKIPPED, reason=reason)
    running = _Run(target)
    status, reason, stopped, error = _run_steps(scenario, running)
    outcome = Outcome(
        scenario, target.name, status, tuple(running.performed), reason, stopped, error=error
    )
    wanted = evidence and status is Status.FAILED
    return replace(outcome, evidence=_evidence(running)) if wanted else outcome


_End = tuple[Status, str, "Step | None", BaseException | None]


def _run_steps(scenario: Scenario, running: _Run) -> _End:
    step: Step | None = None
    try:
        _start_clock(scenario, running.target)
        for step in scenario.steps:
            _perform(step, running)
            if running.performed[-1].differences:
                return Status.FAILED, "the answer is not the expected one", step, None
    except Unsupported as error:
        return Status.SKIPPED, str(error), step, None
    except Inconclusive as error:
        return Status.INCONCLUSIVE, str(error), step, None
    except (NoSuchValue, ServerLost) as error:
        return Status.ERROR, str(error), step, None
    except Exception as error:  # noqa: BLE001 - a report names it; the run of the others goes on
        return Status.ERROR, f"{type(error).__name__}: {error}", step, error
    return Status.PASSED, "", None, None


def _start_clock(scenario: Scenario, target: Target) -> None:
    if "clock" not in target.capabilities:
        return
    instant = scenario.clock or DEFAULT_START
    failure = target.perform("set_clock", {"instant": instant}).failure
    if failure is not None:
        raise Inconclusive(f"the clock could not be set to {instant}: {failure.message}")


def _perform(step: Step, running: _Run) -> None:
    sent, returns, fails = step.arguments, step.returns, step.fails
    if step.refers:
        sent = resolve(sent, running.saved)
        returns = resolve(returns, running.saved)
        fails = fails and replace(fails, message=resolve(fails.message, running.saved))
    answer = _answer(running.target, step.verb, sent)
    differences = tuple(answer_differences(answer, returns, fails))
    at = running.target.now()
    running.performed.append(Performed(step, sent, answer, returns, fails, differences, at))
    if step.save_as is not None:
        running.saved[step.save_as] = answer.value


def _answer(target: Target, verb: str, sent: Mapping[str, Any]) -> Answer:
    try:
        return target.perform(verb, sent)
    except ServerLost:
        raise
    except StigmerError as error:
        return Answer.of_error(error)


def answer_differences(
    answer: Answer, returns: Any, fails: ExpectedFailure | None
) -> list[Difference]:
    """Compare an answer with what a step expects: a value, a failure, or merely success."""
    if fails is not None:
        return _failure_differences(answer, fails)
    if answer.failure is not None:
        got = f"{answer.failure.code}: {answer.failure.message}"
        wanted = "success" if returns is None else returns
        return [Difference("", wanted, got, "failed although it should succeed")]
    return [] if returns is None else difference(returns, answer.value)


def _failure_differences(answer: Answer, fails: ExpectedFailure) -> list[Difference]:
    if answer.failure is None:
        return [Difference("", fails.code, answer.value, "succeeded although it should fail")]
    found = []
    if answer.failure.code != fails.code:
        found.append(Difference("code", fails.code, answer.failure.code, "is another status"))
    if fails.message not in answer.failure.message:
        got = answer.failure.message
        found.append(Difference("message", fails.message, got, "does not contain the text"))
    return found


def _evidence(running: _Run) -> Evidence:
    last = running.performed[-1]
    try:
        rows = running.target.timeline()
        explanation = running.target.explain(last.step.verb, last.sent)
    except Exception as error:  # noqa: BLE001 - evidence must not replace the failure it is about
        return Evidence(explanation=f"no evidence: {type(error).__name__}: {error}")
    return Evidence(tuple(rows or ()), explanation)
