"""What a failure page says, as data; `render` turns it into text."""

from __future__ import annotations

import shlex
import traceback
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import told_path
from pytest_stigmer.scenario.followers import versions, with_followers
from pytest_stigmer.scenario.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_stigmer.scenario.compare import Difference
    from pytest_stigmer.scenario.followers import Version
    from pytest_stigmer.scenario.runner import Outcome, Performed
    from pytest_stigmer.scenario.target import Rpc
    from pytest_stigmer.scenario.timeline import Timeline


# What tells the elements of a listing apart, besides what is expected of them.
_ESSENTIAL = frozenset({"", "metadata.id", "spec.tag", "status.version_hash"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One step in short; `at` is the instant at which it left the clock."""

    at: str
    line: int
    verb: str
    sent: tuple[tuple[str, Any], ...]
    save_as: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One step with its answer; `got` and `expected` are pairs of dotted path and value.

    `left_out` says why it was not performed, if it was not. `server_times` are the times, by
    path, that a server sent where `got` has those of the scenario.
    """

    happened: Happened
    got: tuple[tuple[str, Any], ...]
    expected: tuple[tuple[str, Any], ...]
    differences: tuple[Difference, ...] = ()
    left_out: str = ""
    server_times: tuple[tuple[str, str], ...] = ()
    rpc: Rpc | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a person needs to see why a scenario did not pass.

    `where` is `file:line` of the step (of the scenario when no step was reached), `number` and
    `count` say which of the steps it is. `got` and `expected` are pairs of dotted path and value.
    `after` are the further red steps, and those that were left out. `replay` is one command line.
    """

    status: str
    title: str
    where: str
    number: int
    count: int
    target: str
    reason: str
    replay: str
    at: str = ""
    verb: str = ""
    sent: tuple[tuple[str, Any], ...] = ()
    got: tuple[tuple[str, Any], ...] = ()
    expected: tuple[tuple[str, Any], ...] = ()
    differences: tuple[Difference, ...] = ()
    server_times: tuple[tuple[str, str], ...] = ()
    rpc: Rpc | None = None
    before: tuple[Happened, ...] = ()
    after: tuple[Exchange, ...] = ()
    timeline: Timeline | None = None
    explanation: str = ""
    trace: str = ""


def page(outcome: Outcome, *, label: str = "", **replayed: Any) -> Page:
    """Collect the page of one outcome, called `label`; `replayed` is what `replay` takes."""
    scenario, failed = outcome.scenario, next(iter(outcome.reds), None)
    at = outcome.performed.index(failed) if failed else len(outcome.performed)
    line = outcome.stopped.line if outcome.stopped else scenario.line
    evidence = outcome.evidence
    known = versions(outcome) if failed else []
    return Page(
        status=outcome.status.value,
        title=label or scenario.label,
        where=f"{told_path(scenario.path)}:{line}",
        number=_number(outcome),
        count=len(scenario.all_steps()),
        target=outcome.target,
        reason=outcome.reason,
        replay=replay(outcome, label=label, **replayed),
        at=_instant(failed) if failed else "",
        verb=outcome.stopped.verb if outcome.stopped else "",
        sent=_sent(outcome, failed),
        got=_got(failed) if failed else (),
        expected=_expected(failed) if failed else (),
        differences=with_followers(failed, known) if failed else (),
        server_times=_server_times(failed) if failed else (),
        rpc=failed.answer.rpc() if failed and failed.answer.rpc else None,
        before=tuple(_happened(step) for step in outcome.performed[:at]),
        after=tuple(
            exchange(step, known)
            for step in outcome.performed[at + 1 :]
            if step.differences or step.left_out
        ),
        timeline=timeline(evidence.timeline, failed) if evidence and failed else None,
        explanation=(evidence.explanation or "") if evidence else "",
        trace=_trace(outcome.error),
    )


def exchange(performed: Performed, known: Sequence[Version] = ()) -> Exchange:
    """Tell one step: what was sent, what came back, what was expected; `known` are `versions`."""
    if performed.left_out:
        return Exchange(_happened(performed), (), (), left_out=performed.left_out)
    got, expected = _got(performed), _expected(performed)
    return Exchange(
        _happened(performed),
        got,
        expected,
        with_followers(performed, known),
        server_times=_server_times(performed),
        rpc=performed.answer.rpc() if performed.answer.rpc else None,
    )


def replay(
    outcome: Outcome,
    *,
    label: str = "",
    seed: int | None = None,
    defect: str | None = None,
    conditions: str = "",
) -> str:
    """Return the command line that runs this scenario again in the same way."""
    path = told_path(outcome.scenario.path)
    label = label or outcome.scenario.label
    place = path if label == outcome.scenario.title else f"{path}::{label}"
    words = ["pytest", place, "--stigmer-target", outcome.target]
    if seed is not None:
        words += ["--stigmer-seed", str(seed)]
    if conditions:
        words += ["--stigmer-conditions", conditions]
    if defect is not None:
        words += ["--stigmer-defect", defect]
    return shlex.join(words)


def _trace(error: BaseException | None) -> str:
    """Return where a fault of the target comes from; the innermost frames are the telling ones."""
    if error is None:
        return ""
    return "".join(traceback.format_exception(error, limit=-3))


def _number(outcome: Outcome) -> int:
    steps = outcome.scenario.all_steps()
    stopped = outcome.stopped
    return next((n for n, step in enumerate(steps, start=1) if step is stopped), 0)


def _instant(performed: Performed) -> str:
    return performed.at.isoformat(timespec="milliseconds")[:23] + "Z" if performed.at else ""


def _happened(performed: Performed) -> Happened:
    step = performed.step
    sent = _told(performed.sent)
    return Happened(_instant(performed), step.line, step.verb, sent, step.save_as)


def _sent(outcome: Outcome, failed: Performed | None) -> tuple[tuple[str, Any], ...]:
    """Return what was sent; of a step that could not be performed, what is written in the file."""
    if failed:
        return _told(failed.sent)
    return _told(outcome.stopped.arguments) if outcome.stopped else ()


def _told(arguments: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Leave out the kind where it is the one that needs no saying."""
    pairs = _leaves(arguments) if arguments else ()
    return tuple(pair for pair in pairs if pair != ("kind", "skill"))


def _got(performed: Performed) -> tuple[tuple[str, Any], ...]:
    failure = performed.answer.failure
    if failure:
        return (("code", failure.code), ("message", failure.message))
    value = performed.answer.value
    leaves = [(path, leaf) for path, leaf in _leaves(value) if leaf not in ("", None)]
    if isinstance(value, list) and value:
        wanted = _ESSENTIAL | {path.partition(".")[2] for path, _ in _expected(performed)}
        leaves = [pair for pair in leaves if pair[0].partition(".")[2] in wanted]
    return tuple(leaves)


def _server_times(performed: Performed) -> tuple[tuple[str, str], ...]:
    shown = dict(_got(performed))
    return tuple(pair for pair in performed.answer.server_times if pair[0] in shown)


def _expected(performed: Performed) -> tuple[tuple[str, Any], ...]:
    if performed.fails:
        told = asdict(performed.fails)
        return tuple((key, text) for key, text in told.items() if text)
    return (("", "success"),) if performed.returns is None else _leaves(performed.returns)


def _leaves(value: Any, path: str = "") -> tuple[tuple[str, Any], ...]:
    """Flatten maps and lists to pairs of dotted path and value; an empty map or list is a value."""
    if isinstance(value, dict) and value:
        items = list(value.items())
    elif isinstance(value, list) and value:
        items = list(enumerate(value))
    else:
        return () if value is None and not path else ((path, value),)
    return tuple(
        leaf for key, item in items for leaf in _leaves(item, f"{path}.{key}" if path else str(key))
    )
