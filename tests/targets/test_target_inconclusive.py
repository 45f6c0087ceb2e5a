"""What cannot be proved on a server is tried again, and is never a green run."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.harness.runs import TRIES
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.shipped import known_scenarios

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

MOVED = Path(__file__).parents[2] / "scenarios/flows/tag_moved_back_and_forth.scenario.yaml"


@pytest.fixture
def asked(
    pytester: pytest.Pytester,
    serve_plain: Callable[..., AbstractContextManager[Any]],
    ticking: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., pytest.RunResult]:
    """Give a function that asks a server whose clock goes on by a step at each look."""

    def ask(step: str, *options: str, path: Path = MOVED) -> pytest.RunResult:
        clock = ticking(step)
        monkeypatch.setattr(
            "pytest_stigmer.targets.remote.sleep", lambda seconds: clock.advance(f"{seconds:.9f}s")
        )
        with serve_plain(pytester.mkdir(f"server{next(FOLDERS)}"), clock=clock) as server:
            where = f"--stigmer-target={server.address}"
            more = ("--stigmer-conditions=none", "-p", "no:randomly", *options, str(path))
            return pytester.runpytest_inprocess(where, *more)

    return ask


FOLDERS = count()


def test_what_cannot_be_proved_is_tried_again_and_is_not_green(
    asked: Callable[..., pytest.RunResult],
) -> None:
    """On a server that is too slow for the second nothing is proved, and the run says so."""
    told = asked("700ms")
    assert told.ret == 1
    told.stdout.fnmatch_lines(
        [
            f"INCONCLUSIVE *share a second*(tried {TRIES} times)",
            f"TRIED {TRIES} TIMES *tag_moved_back_and_forth*",
            "nothing was proved: every scenario was skipped or inconclusive*",
        ]
    )
    assert asked("700ms", "--stigmer-allow-inconclusive").ret == 0


def test_what_can_be_proved_is_asked_once(asked: Callable[..., pytest.RunResult]) -> None:
    """On a server that is fast enough the run is green, and nothing is told of tries."""
    told = asked("1ms")
    assert told.ret == 0
    told.stdout.no_fnmatch_line("TRIED *")


def test_a_wrong_order_is_claimed_over_the_api_only_with_a_clock(
    pytester: pytest.Pytester,
) -> None:
    """Without one nobody proves that archives shared a second; the proof fails at the claims."""
    text = MOVED.read_text(encoding="utf-8").replace("clock: 2026-01-25T10:00:00.100Z\n", "")
    path = pytester.path / "moved.scenario.yaml"
    path.write_text(text, encoding="utf-8")
    told = pytester.runpytest_inprocess("--stigmer-prove", str(path))
    assert told.ret != 0
    line = text.splitlines().index("detects:") + 2
    told.stdout.fnmatch_lines(
        [f"*moved.scenario.yaml:{line}*: detects: *give the scenario a `clock`*"]
    )


def test_every_order_is_asked_over_the_api() -> None:
    """By tag, hash, organisation and several tags, and with a clock, so that it is proved."""
    proved = [load(path) for path in known_scenarios()]
    proved = [one for one in proved if one.clock and one.needs == {"skills", "clock"}]
    claimed = {claim for one in proved for claim in one.detects}
    ordering = {name for name, one in catalogue().items() if one.family == "ordering"}
    # A history is listed by the store alone; the API shows it by its names.
    assert {name for name in ordering - claimed if not name.startswith("history")} == set()
