"""Where scenarios and flows run, one run of a scenario, and the many runs of a proof."""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.errors import visible
from pytest_stigmer.harness.recording import NO_RECORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.harness.options import Options
    from pytest_stigmer.harness.recording import Recorder
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.prove.proof import Row
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.scenario.model import Scenario, Step
    from pytest_stigmer.scenario.runner import Outcome
    from pytest_stigmer.scenario.target import Target
    from pytest_stigmer.skills.endpoint import Transport
    from pytest_stigmer.targets.local import LocalTarget
    from pytest_stigmer.targets.remote import RemoteTarget

    Look = Callable[[Target, Step], None]


TRIES = 3
"""How often a scenario that cannot be proved on a server is tried: its clock goes on by itself."""

_FEW = 3
"""How many runs of defects cost as much as to watch the reference's."""


def outcome_of(
    session: HarnessSession,
    scenario: Scenario,
    cell: str,
    test_id: str,
    recorder: Recorder = NO_RECORDER,
    kept: list[Path] | None = None,
) -> Outcome:
    """Run a scenario on the target of the run; on a server what is inconclusive is tried again.

    Of the bytes of answers it tells length, type and hash, unless they were asked for. Where
    databases are to be kept, that of a red outcome stays in place and is put on `kept`.
    """
    outcome = _outcome_of(session, scenario, cell, test_id, recorder, kept)
    tries = 1
    while outcome.status == "inconclusive" and session.options.remote and tries < TRIES:
        outcome = _outcome_of(session, scenario, cell, test_id, recorder, kept)
        tries += 1
    if tries > 1:
        told = f"{outcome.reason} (tried {tries} times)" if outcome.reason else ""
        outcome = replace(outcome, reason=told, tries=tries)
    recorder.keep(outcome, cell=cell)
    return outcome


def _outcome_of(
    session: HarnessSession,
    scenario: Scenario,
    cell: str,
    test_id: str,
    recorder: Recorder,
    kept: list[Path] | None,
) -> Outcome:
    from pytest_stigmer.conditions.choice import rewritten, under
    from pytest_stigmer.scenario.runner import Status, run
    from pytest_stigmer.scenario.shown_bytes import without_bytes

    scenario = rewritten(scenario, cell, session.options.seed)
    with (
        target_of(session, scenario, cell, test_id) as target,
        under(cell, target, scenario, harmful=session.options.may_fill) as placed,
    ):
        outcome = run(scenario, placed, look=recorder.look)
        is_red = outcome.status in (Status.FAILED, Status.ERROR)
        if kept is not None and session.options.keep and is_red:
            kept += _spared(session, target)
    return outcome if session.options.show_bytes else without_bytes(outcome)


def _spared(session: HarnessSession, target: Target) -> list[Path]:
    """Spare the database behind a target, if it is ours, and return it."""
    from pytest_stigmer.targets.local import LocalTarget

    if not isinstance(target, LocalTarget):
        return []
    session.scenario_scratch.spare(target.registry.path)
    return [target.registry.path]


def proved(
    session: HarnessSession,
    scenario: Scenario,
    test_id: str,
    recorder: Recorder = NO_RECORDER,
    processes: int = 1,
) -> Row:
    """Prove a scenario against the chosen defects, or all; the clock is frozen once.

    It may take several processes, where nothing is recorded. What other distributions ship than
    the scenario's own need not be claimed, unless asked for.
    """
    from pytest_stigmer.conditions.choice import is_watchable, plan_cells
    from pytest_stigmer.defects.catalogue import catalogue
    from pytest_stigmer.prove.proof import prove
    from pytest_stigmer.prove.prover import Prover
    from pytest_stigmer.prove.verdicts import Verdicts
    from pytest_stigmer.scenario.shipped import owner_of

    options = session.options
    with frozen(scenario) as clock:
        defects = options.defects or tuple(catalogue())
        tried = _tried(scenario, defects, options)
        unwatched = [name for name in tried if len(tried[name]) < _FEW or not is_watchable(name)]
        run_on = _run_from_now_on(session, clock, test_id, recorder)
        prover = Prover(scenario, run_on, defects, unwatched)
        run: Callable[[str | None, str], Outcome] = prover.run
        verdicts = None

        def ahead(runs: Sequence[tuple[str, str]]) -> None:
            runs = [one for one in runs if not (verdicts and verdicts.knows(*one))]
            apart = [name for name in unwatched if is_watchable(name)]  # no process is in these
            prover.run_ahead(runs, apart, processes, session.scenario_scratch.share)

        if options.verdicts:
            verdicts = Verdicts(options.verdicts, scenario, test_id, options.seed, options.stubs)
            # A report shows red runs themselves.
            run = verdicts.instead_of(run, reds_too=recorder is NO_RECORDER)
        row = prove(
            scenario,
            defects,
            plan_cells(scenario),
            run,
            tried=tried,
            of_others=() if options.exact else catalogue().of_others(owner_of(scenario.path)),
            is_partial=bool(options.defects),
            ahead=ahead if processes > 1 and recorder is NO_RECORDER else None,
        )
    if verdicts:
        verdicts.save()
    return row


def _run_from_now_on(
    session: HarnessSession, clock: FrozenClock, test_id: str, recorder: Recorder
) -> Callable[[Scenario, Recipe, str, str | None], Outcome]:
    """Return what makes a proof's runs, all from the clock's instant on, and records them."""
    from pytest_stigmer.conditions.choice import rewritten, under
    from pytest_stigmer.scenario.runner import run

    start = clock.now()

    def attempt(case: Scenario, recipe: Recipe, cell: str, look: Look) -> Outcome:
        clock.move_to(start)
        case = rewritten(case, cell, session.options.seed)
        with (
            scratch_target(session, test_id, clock=clock, recipe=recipe, cell=cell) as target,
            under(cell, target, case) as placed,
        ):
            return run(case, placed, stop_at_first=True, look=look)

    def run_case(case: Scenario, recipe: Recipe, cell: str, defect: str | None) -> Outcome:
        looked_at = recorder if defect is None else NO_RECORDER
        outcome = attempt(case, recipe, cell, looked_at.look)
        if outcome.status != "passed" and recorder is not looked_at:
            # Looking costs more than the run, and few are red: those are made again for it.
            outcome = attempt(case, recipe, cell, recorder.look)
        if defect is None or outcome.status != "passed":
            recorder.keep(outcome, cell=cell, defect=defect)
        return outcome

    return run_case


def _tried(
    scenario: Scenario, defects: Sequence[str], options: Options
) -> dict[str, frozenset[str]]:
    """Return under which conditions a scenario is proved, and against which defects there.

    Against those that it claims there; of those that were chosen by name, against all; and where
    all conditions are asked for, against all that no known scenario claims, under them or without.
    """
    from pytest_stigmer.conditions.choice import chosen, conditions_of
    from pytest_stigmer.scenario.shipped import known_claims

    searched: Iterable[str] = ()
    if options.defects:
        searched = defects
    elif options.conditions == "all":
        searched = set(defects) - known_claims()
    tried = dict.fromkeys(conditions_of(scenario, chosen(options.conditions)), frozenset(searched))
    for condition, claims in scenario.detects_under.items():
        tried[condition] = tried.get(condition, frozenset()) | set(claims)
    return tried


@contextmanager
def target_of(
    session: HarnessSession, scenario: Scenario, cell: str, test_id: str
) -> Iterator[Target]:
    """Give the target of the run, fresh for one scenario."""
    name = session.options.target
    if session.options.remote:
        with server_target(session, test_id, hunting="clock" in scenario.needs) as target:
            yield target
        return
    with (
        frozen(scenario) as clock,
        scratch_target(
            session, test_id, clock=clock, recipe=session.recipe, cell=cell, name=name
        ) as local,
    ):
        yield local


def frozen(scenario: Scenario) -> FrozenClock:
    """Return the clock of a scenario, to be entered."""
    from pytest_stigmer.clock import DEFAULT_START, FrozenClock

    return FrozenClock(scenario.clock or DEFAULT_START)


@contextmanager
def server_target(
    session: HarnessSession, test_id: str, *, hunting: bool = False
) -> Iterator[RemoteTarget]:
    """Give the server that is the run's target; whatever happens, delete what was made there."""
    from pytest_stigmer.targets.remote import remote_target

    target = remote_target(
        session.remote,
        session.factory(test_id),
        hunting=hunting,
        harmful=session.options.server.harmful,
        files=session.options.server.files,
    )
    try:
        yield target
    finally:
        for left in target.close():
            warnings.warn(f"left behind on {target.name}: {visible(left)}", stacklevel=2)
        session.left |= target.left


@contextmanager
def scratch_target(
    session: HarnessSession,
    test_id: str,
    *,
    clock: FrozenClock,
    recipe: Recipe,
    cell: str,
    name: str = "local",
) -> Iterator[LocalTarget]:
    """Give a fresh registry in process, reached as `name` says; delete its files at the end."""
    from pytest_stigmer.conditions.choice import plan_of
    from pytest_stigmer.targets.local import LocalTarget, directly

    database = session.scenario_scratch.database(test_id)
    with ExitStack() as stack:
        stack.callback(session.scenario_scratch.discard, database)
        connect = stack.enter_context(_over_service(session)) if name == "service" else directly
        target = LocalTarget(
            database,
            clock=clock,
            factory=session.factory(test_id),
            generation=session.generation,
            recipe=recipe,
            cell=plan_of(cell),
            name=name,
            connect=connect,
        )
        stack.callback(target.close)
        yield target


@contextmanager
def _over_service(session: HarnessSession) -> Iterator[Callable[[Registry], Transport]]:
    """Give the function that puts a registry behind the service and says what carries calls."""
    from pytest_stigmer.service.loopback import Registries

    def connect(registry: Registry) -> Transport:
        stack.enter_context(session.service.serving(Registries(registry)))
        return session.service.transport

    with ExitStack() as stack:
        yield connect
