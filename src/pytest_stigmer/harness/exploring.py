"""The explorer on any target: what opens its registries."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from pytest_stigmer.contract import explore
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.proof import PLAIN_CELL
from pytest_stigmer.harness.session import HarnessSession
from pytest_stigmer.harness.targets import scratch_target, server_target

if TYPE_CHECKING:
    import argparse

_NAME = "explore"


def run(options: argparse.Namespace) -> int:
    """Explore the target that was asked for; see `contract.explore.run`."""
    explore.check_installed()
    chosen = Options(target=options.target, seed=options.seed, defect=options.defect)
    session = HarnessSession(chosen)
    with ExitStack() as stack:
        stack.callback(session.close)
        search = explore.Search(_opener(session, stack), session.generation, options.seed)
        return explore.run(options, search)


def _opener(session: HarnessSession, stack: ExitStack) -> explore.OpenTarget:
    if session.options.remote:
        return partial(server_target, session, _NAME)
    from pytest_stigmer.clock import FrozenClock

    return partial(
        scratch_target,
        session,
        _NAME,
        clock=stack.enter_context(FrozenClock()),
        recipe=session.recipe,
        cell=PLAIN_CELL,
        name=session.options.target,
    )
