"""The command `explore`: random histories on any target, and what is written of a wrong one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.conditions.choice import PLAIN, chosen, under
from pytest_stigmer.errors import UsageError, counted
from pytest_stigmer.explore import search as explore
from pytest_stigmer.explore.causes import Seen
from pytest_stigmer.harness import arguments
from pytest_stigmer.harness.arguments import say
from pytest_stigmer.harness.options import DEFAULT_SEED, Options, checked
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import scratch_target, server_target
from pytest_stigmer.harness.server_options import server_options
from pytest_stigmer.scenario import expected
from pytest_stigmer.scenario.disputed import POINTS, otherwise
from pytest_stigmer.scenario.model import SUFFIX, SUFFIXES, Scenario
from pytest_stigmer.scenario.target import Target
from pytest_stigmer.targets.isolation import told_left

if TYPE_CHECKING:
    import argparse

    from pytest_stigmer.explore.search import Exploration

_NAME = "explore"
_CERTAIN = "it fails until this is fixed"
_ONCE = "seen, and not every time when its steps were repeated, so it may pass"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Search random histories for what the target answers otherwise than the contract says, and "
        "write the shortest of each cause as a scenario. Exit code: 0 nothing found that is not "
        "expected, 1 something found, 2 it could not search."
    )
    arguments.add_target(parser)
    arguments.add_conditions(parser)
    arguments.add_seed(parser)
    parser.add_argument(
        "--minutes",
        type=arguments.minutes,
        default=1.0,
        metavar="N",
        help="for how long (default: 1); one round is always finished",
    )
    parser.add_argument(
        "--otherwise",
        action="append",
        default=[],
        choices=POINTS,
        metavar="POINT",
        help="hold the target to the other answer in a disputed point: "
        f"{', '.join(POINTS)} (repeatable)",
    )
    parser.add_argument(
        "--expect", metavar="FILE", type=Path, help="causes that are known, in TOML"
    )
    parser.add_argument(
        "--write",
        type=Path,
        default=Path(f"found{SUFFIX}"),
        metavar="FILE",
        help="where a counterexample is written, those of further causes beside it as "
        f"NAME_2{SUFFIX} and on (default: found{SUFFIX})",
    )


def run(given: argparse.Namespace) -> int:
    """Explore; write what is found as scenarios and return 1, or return 0 when all is well."""
    explore.check_installed()
    options = _options(given)
    _check_writable(given.write)
    known = expected.read(given.expect, options.target) if given.expect else ()
    causes = {entry.name: entry for entry in known if entry.subject == "cause"}
    session = HarnessSession(options)
    with ExitStack() as stack:
        stack.callback(session.close)
        search = explore.Search(
            _opener(session, stack),
            session.generation,
            options.seed,
            otherwise(given.otherwise),
            Seen(set(causes)),
        )
        done = explore.explore(search, minutes=given.minutes)
    tried = f"{counted(done.rounds, 'round')} of {explore.HISTORIES} histories, seed {options.seed}"
    say(f"explored {options.target} for {done.seconds:.1f} s: {tried}")
    for entry in causes.values():
        is_met = entry.name in search.seen.met
        what = "expected" if is_met else "not met; remove it if it has been fixed"
        say(f"{given.expect}:{entry.line}: {entry}: {what}")
    for point in sorted(search.seen.disputed):
        say(f"disputed: {point}: {POINTS[point].others}; ours: {POINTS[point].ours}")
    for line in told_left(session.left):
        say(line)
    return _tell(done, given.write, options)


def _options(given: argparse.Namespace) -> Options:
    try:
        return checked(
            Options(
                target=given.target or "local",
                seed=DEFAULT_SEED if given.seed is None else given.seed,
                defects=(given.defect,) if given.defect else (),
                conditions=given.conditions or ("none" if given.target else "restless"),
                server=server_options(
                    tls=given.tls,
                    roots=given.tls_ca,
                    token=given.token,
                    deadline=given.deadline,
                    harmful=given.harmful,
                    database=given.database,
                    artifacts=given.artifacts,
                ),
            )
        )
    except pytest.UsageError as error:
        raise UsageError(str(error)) from error


def _check_writable(path: Path) -> None:
    """Raise UsageError now rather than lose what was found."""
    if path.exists():
        raise UsageError.exists(path)
    if not path.name.endswith(SUFFIXES):
        raise UsageError(f"--write {path}: pytest collects scenarios from files named *{SUFFIX}")
    if not os.access(path.absolute().parent, os.W_OK | os.X_OK):
        raise UsageError(f"--write {path}: cannot write in {path.absolute().parent}")


def _opener(session: HarnessSession, stack: ExitStack) -> explore.OpenTarget:
    if session.options.remote:
        return partial(server_target, session, _NAME)
    from pytest_stigmer.clock import FrozenClock

    fresh = partial(
        scratch_target,
        session,
        _NAME,
        clock=stack.enter_context(FrozenClock()),
        recipe=session.recipe,
        cell=PLAIN,
        name=session.options.target,
    )
    return partial(_under, fresh, chosen(session.options.conditions))


@contextmanager
def _under(fresh: explore.OpenTarget, conditions: Sequence[str]) -> Iterator[Target]:
    """Give a registry under conditions, all of them at once."""
    nothing = Scenario(_NAME, Path(_NAME), 1, ())
    with fresh() as target, under("+".join(conditions) or PLAIN, target, nothing) as placed:
        yield placed


def _tell(done: Exploration, path: Path, options: Options) -> int:
    """Say each cause and write its scenario."""
    if done.is_lost:
        say("the server was lost")
    for cause in done.resting:
        say(f"seen only after known causes, so no scenario was written for it: {cause}")
    if not done.found:
        say("no mismatch")
        return 0
    names = _names(path)
    written = [(found, next(names)) for found in done.found]
    for found, name in written:
        name.write_text(found.scenario(), encoding="utf-8")
        promise = _CERTAIN if found.is_certain else _ONCE
        say(f"cause = {json.dumps(found.cause)}\n  {found.why}")
        say(f"  wrote {name}: {counted(found.length + 1, 'step')}; {promise}")
    files = " ".join(str(name) for _, name in written)
    say(f"{counted(len(written), 'cause')}; for each, its scenario:")
    say(f"  pytest {files} {options.replay()}")
    return 1


def _names(path: Path) -> Iterator[Path]:
    """Yield the file that was named, then others beside it that are not there yet."""
    yield path
    suffix = next(suffix for suffix in SUFFIXES if path.name.endswith(suffix))
    for number in count(2):
        name = path.with_name(f"{path.name.removesuffix(suffix)}_{number}{suffix}")
        if not name.exists():
            yield name
