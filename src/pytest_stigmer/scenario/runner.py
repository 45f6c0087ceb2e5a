"""Runs a scenario on a target and keeps what happened; nothing is formatted until a report asks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import DEFAULT_START
from pytest_stigmer.errors import ServerLost
from pytest_stigmer.scenario.compare import answer_differences, is_other_side
from pytest_stigmer.scenario.model import ExpectedFailure
from pytest_stigmer.scenario.saved_values import NoSuchValue, resolve
from pytest_stigmer.scenario.target import (
    ENDINGS,
    Answer,
    Call,
    Inconclusive,
    Surprise,
    Unsupported,
    answered,
    asked,
    cut,
    is_cut,
)
from pytest_stigmer.scenario.verbs import VERBS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from pytest_stigmer.scenario.compare import Difference
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
    """One step as it happened, saved values filled in, or `left_out`; `disputed` is no red."""

    step: Step
    sent: Mapping[str, Any]
    answer: Answer
    returns: Any = None
    fails: ExpectedFailure | None = None
    differences: tuple[Difference, ...] = ()
    at: dt.datetime | None = None
    left_out: str = ""
    disputed: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the target could show of itself right after the first red step."""

    timeline: tuple[AuditRow, ...] = ()
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of one scenario on one target.

    `reason` is one sentence unless the status is `passed`; `stopped` the first red step, or the one
    at which the run ended early; `error` the exception behind it.
    """

    scenario: Scenario
    target: str
    status: Status
    performed: tuple[Performed, ...] = ()
    reason: str = ""
    stopped: Step | None = None
    evidence: Evidence | None = None
    error: BaseException | None = None
    tries: int = 1

    @property
    def reds(self) -> tuple[Performed, ...]:
        """The steps whose answers are not as expected."""
        return tuple(step for step in self.performed if step.differences)


class _Ended(Exception):
    """A red step after which the others say nothing, or need not be asked."""


@dataclass(slots=True)
class _Run:
    """The state of a run; of a repeated step the first red turn is kept, or else the last."""

    target: Target
    order: int
    look: Callable[[Target, Step], None]
    saved: dict[str, Any]
    stop_at_first: bool
    performed: dict[Any, Performed] = field(default_factory=dict)
    more_orders: bool = False
    turn: str = ""
    step: Step | None = None
    first: Performed | None = None
    evidence: Evidence | None = None


def run(
    scenario: Scenario,
    target: Target,
    *,
    stop_at_first: bool = False,
    look: Callable[[Target, Step], None] = lambda target, step: None,  # noqa: ARG005
) -> Outcome:
    """Run the steps; the clock is first set to the scenario's start.

    After a red step the run goes on: what needs a value that is missing because of it is left out,
    and where the scene itself could not be set (clock, faults, reopening, transactions), nothing
    follows. The first red step's timeline and query plan are kept as evidence. `stop_at_first` ends
    the run there, without evidence. A scenario with a `together` or a call that is `cut_short` is
    run once for each order in which the target can have it, until one is red. `look` is called
    after each step. Never raises for what a target does, except KeyboardInterrupt and its like.
    """
    if reason := target.leaves_out(scenario):
        return Outcome(scenario, target.name, Status.SKIPPED, reason=reason)
    order = 0
    while True:
        given = {**target.paths, "case": scenario.case}
        running = _Run(target, order, look, given, stop_at_first)
        status, reason, error = _run_steps(scenario, running)
        if status is not Status.PASSED or not running.more_orders:
            break
        order += 1
        target.start_over()
    performed = tuple(running.performed.values())
    stopped = None if status is Status.PASSED else running.step
    told = status, performed, reason, stopped, running.evidence, error
    return Outcome(scenario, target.name, *told, tries=1 if target.chooses_orders else order + 1)


_ENDS = {Surprise: Status.FAILED, Unsupported: Status.SKIPPED, Inconclusive: Status.INCONCLUSIVE}


def _run_steps(scenario: Scenario, running: _Run) -> tuple[Status, str, BaseException | None]:
    status, reason, error = _performed_all(scenario, running)
    if running.first is None:
        return status, reason, error
    _collect_evidence(running)
    running.step, failure = running.first.step, running.first.answer.failure
    then = f"; then it ended: {reason}" if reason else ""
    return Status.FAILED, f"{_told_reds(running)}{then}", failure.error if failure else None


def _performed_all(scenario: Scenario, running: _Run) -> tuple[Status, str, BaseException | None]:
    try:
        _start_clock(scenario, running.target)
        for step in scenario.steps:
            _take(step, running)
            _collect_evidence(running)
    except _Ended as error:
        is_last = running.step is scenario.all_steps()[-1]
        return Status.FAILED, "" if is_last else str(error), None
    except (Surprise, Unsupported, Inconclusive) as error:
        return _ENDS[type(error)], str(error), None
    except (NoSuchValue, ServerLost) as error:
        return Status.ERROR, str(error), None
    except Exception as error:  # noqa: BLE001 - a report names it; the run of the others goes on
        return Status.ERROR, f"{type(error).__name__}: {error}", error
    return Status.PASSED, "", None


def _told_reds(running: _Run) -> str:
    lines = [str(one.step.line) for one in running.performed.values() if one.differences]
    told = "the answer is not the expected one"
    if len(lines) > 1:
        told = f"{len(lines)} answers are not the expected ones: lines {', '.join(lines)}"
    return told + (running.turn.format(running.order) if running.order else "")


def _start_clock(scenario: Scenario, target: Target) -> None:
    if "clock" not in target.capabilities:
        return
    instant = scenario.clock or DEFAULT_START
    failure = target.perform("set_clock", {"instant": instant}).failure
    if failure is not None:
        raise Inconclusive(f"the clock could not be set to {instant}: {failure.message}")


def _take(step: Step, running: _Run) -> None:
    """Perform a step, as often as it says; leave it out where a red step left no value for it."""
    running.step = step
    acts = {"transaction": _transaction, "together": _together}
    around = running.saved.get("n")
    try:
        for turn in range(1, int(resolve(step.repeat, running.saved)) + 1):
            running.saved["n"] = around if step.repeat == 1 else turn
            acts.get(step.verb, _perform)(step, running)
    except NoSuchValue as missing:
        if running.first is None:
            raise
        at = running.target.now()
        left_out = Performed(step, step.arguments, Answer(), at=at, left_out=str(missing))
        running.performed.setdefault(step.place, left_out)
    running.saved["n"] = around
    running.look(running.target, step)


def _perform(step: Step, running: _Run) -> None:
    target = running.target.other() if step.on_other else running.target
    sent = resolve(step.arguments, running.saved) if step.refers else step.arguments
    if step.cut_short:
        answer, more = cut(target, Call(step.verb, sent), step.cut_short, running.order)
        running.more_orders, running.turn = running.more_orders or more, _AT_MOMENT
    else:
        answer = asked(target, step.verb, sent)
    _judge(step, sent, answer, running)


def _transaction(step: Step, running: _Run) -> None:
    """Perform the steps as one unit; the answer is what its beginning or its end said."""

    def act() -> None:
        with suppress(*ENDINGS.values()), running.target.transaction(keep=step.keeps):
            for inner in step.steps:
                _take(inner, running)
            if step.ends in ENDINGS:
                raise ENDINGS[step.ends]
        running.step = step

    _judge(step, {"ends": step.ends}, answered(act, _Ended, NoSuchValue), running)


def _together(step: Step, running: _Run) -> None:
    sent = [resolve(inner.arguments, running.saved) for inner in step.steps]
    calls = [Call(inner.verb, given) for inner, given in zip(step.steps, sent, strict=True)]
    answers, more = running.target.together(calls, running.order)
    running.more_orders, running.turn = running.more_orders or more, _IN_ORDER
    for inner, given, answer in zip(step.steps, sent, answers, strict=True):
        _judge(inner, given, answer, running)
    _judge(step, {}, Answer(), running)


def _judge(step: Step, sent: Mapping[str, Any], answer: Answer, running: _Run) -> None:
    """Keep what happened; raise _Ended when it is red and nothing should follow."""
    returns, fails = step.returns, step.fails
    if step.save_as is not None:
        running.saved.pop(step.save_as, None)
        if answer.failure is None:
            running.saved[step.save_as] = answer.value
    if step.refers:
        returns = resolve(returns, running.saved)
        fails = fails and ExpectedFailure(
            **{part: resolve(getattr(fails, part), running.saved) for part in _FAILURE_PARTS}
        )
    is_right, target = step.cut_short and is_cut(answer), running.target
    found = () if is_right else tuple(answer_differences(answer, returns, fails))
    done = Performed(step, sent, answer, returns, fails, found, target.now())
    if found and not target.is_ours and is_other_side(step.disputed, answer):
        done, found = replace(done, differences=(), disputed=found), ()
    before = running.performed.get(step.place)
    if before is None or not before.differences:
        running.performed.pop(step.place, None)
        running.performed[step.place] = done
    if not found:
        return
    running.first = running.first or done
    if running.stop_at_first:
        raise _Ended
    if answer.failure is not None and VERBS[step.verb].needs in _SCENE:
        raise _Ended(f"nothing can be asked after a `{step.verb}` that failed")


_IN_ORDER = " in order {} of the calls at once"
_AT_MOMENT = " when the caller went away at moment {}"
_SCENE = ("clock", "faults", "reopen", "transactions")
_FAILURE_PARTS = ("code", "message", "without")


def _collect_evidence(running: _Run) -> None:
    """Keep what the target shows of itself, once there is a red step."""
    if running.first is None or running.evidence or running.stop_at_first:
        return
    try:
        rows = running.target.timeline()
        explanation = running.target.explain(running.first.step.verb, running.first.sent)
    except Exception as error:  # noqa: BLE001 - evidence must not replace the failure it is about
        running.evidence = Evidence(explanation=f"no evidence: {type(error).__name__}: {error}")
    else:
        running.evidence = Evidence(tuple(rows or ()), explanation)
