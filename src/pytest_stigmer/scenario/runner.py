"""Runs a scenario on a target and keeps what happened; nothing is formatted until a report asks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import DEFAULT_START
from pytest_stigmer.errors import ServerLost
from pytest_stigmer.scenario.compare import Difference, difference
from pytest_stigmer.scenario.model import ExpectedFailure, expected_failure
from pytest_stigmer.scenario.saved_values import NoSuchValue, resolve
from pytest_stigmer.scenario.target import Answer, Call, Inconclusive, Unsupported, answered

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from pytest_stigmer.scenario.model import Scenario, Step
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


class _Red(Exception):
    """A step whose answer is not as expected: the run ends here."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


@dataclass(slots=True)
class _Run:
    """The state of a run while it lasts; of a repeated step only the last turn is kept."""

    target: Target
    order: int
    look: Callable[[Target, Step], None]
    saved: dict[str, Any]
    performed: dict[Any, Performed] = field(default_factory=dict)
    more_orders: bool = False
    step: Step | None = None


def run(
    scenario: Scenario,
    target: Target,
    *,
    evidence: bool = True,
    look: Callable[[Target, Step], None] = lambda target, step: None,  # noqa: ARG005
) -> Outcome:
    """Run the steps until one is not as expected; the clock is first set to the scenario's start.

    A scenario with a `together` is run once for each order in which the target can have it. With
    `evidence` the failed step's timeline and query plan are collected while the target still
    stands. `look` is called after each step. Never raises for what a target does, except
    KeyboardInterrupt and its like.
    """
    missing = sorted(scenario.needs - target.capabilities)
    if missing:
        reason = f"the target {target.name} offers no {' and no '.join(missing)}"
        return Outcome(scenario, target.name, Status.SKIPPED, reason=reason)
    order = 0
    while True:
        given = {**target.paths, "case": scenario.case}
        running = _Run(target, order, look, given)
        status, reason, error = _run_steps(scenario, running)
        if status is not Status.PASSED or not running.more_orders:
            break
        order += 1
        target.start_over()
    stopped = None if status is Status.PASSED else running.step
    performed = tuple(running.performed.values())
    outcome = Outcome(scenario, target.name, status, performed, reason, stopped, error=error)
    wanted = evidence and status is Status.FAILED
    return replace(outcome, evidence=_evidence(running)) if wanted else outcome


def _run_steps(scenario: Scenario, running: _Run) -> tuple[Status, str, BaseException | None]:
    try:
        _start_clock(scenario, running.target)
        for step in scenario.steps:
            _take(step, running)
    except _Red as red:
        failure = running.performed[red.step.place].answer.failure
        running.step = red.step
        reason = "the answer is not the expected one"
        if running.order:
            reason += f" in order {running.order} of the calls at once"
        return Status.FAILED, reason, failure.error if failure else None
    except Unsupported as error:
        return Status.SKIPPED, str(error), None
    except Inconclusive as error:
        return Status.INCONCLUSIVE, str(error), None
    except (NoSuchValue, ServerLost) as error:
        return Status.ERROR, str(error), None
    except Exception as error:  # noqa: BLE001 - a report names it; the run of the others goes on
        return Status.ERROR, f"{type(error).__name__}: {error}", error
    return Status.PASSED, "", None


def _start_clock(scenario: Scenario, target: Target) -> None:
    if "clock" not in target.capabilities:
        return
    instant = scenario.clock or DEFAULT_START
    failure = target.perform("set_clock", {"instant": instant}).failure
    if failure is not None:
        raise Inconclusive(f"the clock could not be set to {instant}: {failure.message}")


def _take(step: Step, running: _Run) -> None:
    """Perform a step, as often as it says."""
    running.step = step
    acts = {"transaction": _transaction, "together": _together}
    around = running.saved.get("n")
    for turn in range(1, int(resolve(step.repeat, running.saved)) + 1):
        running.saved["n"] = around if step.repeat == 1 else turn
        acts.get(step.verb, _perform)(step, running)
    running.saved["n"] = around
    running.look(running.target, step)


def _perform(step: Step, running: _Run) -> None:
    target = running.target.other() if step.on_other else running.target
    sent = resolve(step.arguments, running.saved) if step.refers else step.arguments
    _judge(step, sent, asked(target, step.verb, sent), running)


def asked(target: Target, verb: str, sent: Mapping[str, Any]) -> Answer:
    """Return what a target answers, or what becomes of an exception that it lets pass."""
    answers = answered(lambda: target.perform(verb, sent))
    return answers if answers.failure else answers.value


def _transaction(step: Step, running: _Run) -> None:
    """Perform the steps as one unit; the answer is what its beginning or its end said."""

    def act() -> None:
        with running.target.transaction(keep=step.keeps):
            for inner in step.steps:
                _take(inner, running)
        running.step = step

    sent = {"ends": "committed" if step.keeps else "rolled_back"}
    _judge(step, sent, answered(act, _Red, NoSuchValue), running)


def _together(step: Step, running: _Run) -> None:
    sent = [resolve(inner.arguments, running.saved) for inner in step.steps]
    calls = [Call(inner.verb, given) for inner, given in zip(step.steps, sent, strict=True)]
    answers, more = running.target.together(calls, running.order)
    running.more_orders |= more
    for inner, given, answer in zip(step.steps, sent, answers, strict=True):
        _judge(inner, given, answer, running)
    _judge(step, {}, Answer(), running)


def _judge(step: Step, sent: Mapping[str, Any], answer: Answer, running: _Run) -> None:
    """Keep what happened; raise _Red when it is not as the step expects."""
    returns, fails = step.returns, step.fails
    if step.refers:
        returns = resolve(returns, running.saved)
        fails = fails and ExpectedFailure(
            **{part: resolve(getattr(fails, part), running.saved) for part in _FAILURE_PARTS}
        )
    found = tuple(answer_differences(answer, returns, fails))
    at = running.target.now()
    running.performed.pop(step.place, None)
    running.performed[step.place] = Performed(step, sent, answer, returns, fails, found, at)
    if step.save_as is not None:
        running.saved[step.save_as] = answer.value
    if found:
        raise _Red(step)


_FAILURE_PARTS = ("code", "message", "without")


def answer_differences(
    answer: Answer, returns: Any, fails: ExpectedFailure | None
) -> list[Difference]:
    """Compare an answer with what a step expects: a value, a failure, or merely success."""
    if isinstance(returns, dict) and returns.keys() == {"one_of"}:
        return _none_of(answer, returns)
    if fails is not None:
        return _failure_differences(answer, fails)
    if answer.failure is not None:
        wanted = "success" if returns is None else returns
        return [Difference("", wanted, _told(answer), "failed although it should succeed")]
    return [] if returns is None else difference(returns, answer.value)


def _none_of(answer: Answer, returns: dict[str, Any]) -> list[Difference]:
    """Return one difference unless the answer is one of those that are right."""
    for wanted in returns["one_of"]:
        is_failure = isinstance(wanted, dict) and "fails" in wanted
        fails = expected_failure(wanted["fails"]) if is_failure else None
        if not answer_differences(answer, None if is_failure else wanted, fails):
            return []
    return [Difference("", returns, _told(answer), "is none of the answers that it may be")]


def _told(answer: Answer) -> Any:
    failure = answer.failure
    return f"{failure.code}: {failure.message}" if failure else answer.value


def _failure_differences(answer: Answer, fails: ExpectedFailure) -> list[Difference]:
    if answer.failure is None:
        return [Difference("", fails.code, answer.value, "succeeded although it should fail")]
    found = []
    if answer.failure.code != fails.code:
        found.append(Difference("code", fails.code, answer.failure.code, "is another status"))
    if fails.message not in answer.failure.message:
        got = answer.failure.message
        found.append(Difference("message", fails.message, got, "does not contain the text"))
    if fails.without and fails.without in answer.failure.message:
        got = answer.failure.message
        found.append(Difference("message", {"without": fails.without}, got, "contains the text"))
    return found


def _evidence(running: _Run) -> Evidence:
    last = list(running.performed.values())[-1]
    try:
        rows = running.target.timeline()
        explanation = running.target.explain(last.step.verb, last.sent)
    except Exception as error:  # noqa: BLE001 - evidence must not replace the failure it is about
        return Evidence(explanation=f"no evidence: {type(error).__name__}: {error}")
    return Evidence(tuple(rows or ()), explanation)
