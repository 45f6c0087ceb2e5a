"""One scenario, one transcript: in process, behind the service, on a server in another process."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.runner import Status, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

PLACES = (Path(__file__).parent / "flows", Path(__file__).parents[2] / "scenarios")
FILES = sorted(file for place in PLACES for file in place.rglob("*.scenario.yaml"))
PROMISES = [promise for file in FILES for promise in load_scenario(file).expanded()]
VOLATILE = re.compile(r"skl-[0-9a-hjkmnp-tv-z]{26}|\d{4}-\d\d-\d\dT[0-9:.]+Z")
LONGEST = 8192
FOLDER = re.compile(r"/\S+/(?=stigmer\.db)")


def transcript(outcome: Outcome) -> list[tuple[str, Any]]:
    """Return what was sent and answered; ids and times are numbered by their first use."""
    seen: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return seen.setdefault(found[0], f"<{len(seen)}>")

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            for key in value.keys() & {"data", "base64"}:  # a message; ids are in its bytes too
                value = value | {key: b64decode(value[key]).decode("latin-1")}
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        if not isinstance(value, str):
            return value
        if len(value) > LONGEST:  # content, which is no place for an id or a time
            return hashlib.sha256(value.encode()).hexdigest()
        return VOLATILE.sub(numbered, FOLDER.sub("", value))

    return [
        (step.step.verb, plain([step.sent, step.answer.value, str(step.answer.failure)]))
        for step in outcome.performed
    ]


@pytest.fixture(scope="module")
def address(serving: Any) -> Iterator[str]:
    """Give the address of a server in another process."""
    with serving("--quiet") as served:
        yield served.address


def test_the_promises_are_not_few() -> None:
    """All promises are compared, and many of them on a server too."""
    assert len(PROMISES) >= 100
    assert sum(found.needs <= {"skills", "clock"} for found in PROMISES) >= 30


@pytest.mark.parametrize("promise", PROMISES, ids=[found.label for found in PROMISES])
def test_a_promise_has_one_transcript_on_every_target(
    promise: Scenario,
    address: str,
    on_local: Any,
    on_service: Any,
    on_model: Any,
    on_server: Any,
    tmp_path: Path,
) -> None:
    """Every field of every answer is equal; ids and times are, by order of their first use.

    Which of several calls at once comes first is decided by chance on a server. A call that is cut
    short may end either way, and in process a unit alone can hold calls of the skill API.
    """
    either_way = any(step.cut_short for step in promise.all_steps())
    by_chance = any(step.verb == "together" for step in promise.steps)
    outcomes = []
    for place, opened in (("local", on_local), ("service", on_service), ("model", on_model)):
        (tmp_path / place).mkdir()
        with opened(promise, tmp_path / place / "stigmer.db") as target:
            outcome = run(promise, target)
            if "over a wire" not in outcome.reason:
                outcomes.append(outcome)
    with on_server(address) as target:
        if promise.needs <= target.capabilities:
            on_server_too = run(promise, target)
            lives_elsewhere = "time zone" in on_server_too.reason
            assert on_server_too.status is Status.PASSED or lives_elsewhere, on_server_too.reason
            outcomes += [] if by_chance or lives_elsewhere else [on_server_too]
    for outcome in outcomes:
        assert outcome.status is Status.PASSED, f"{outcome.target}: {outcome.reason}"
        if either_way:
            continue
        told, first = (
            # Ids drawn within one millisecond do not grow: callers that meet are listed by chance.
            [step for step in transcript(one) if not (by_chance and step[0] == "list_resources")]
            for one in (outcome, outcomes[0])
        )
        assert told == first, outcome.target


def test_a_step_out_of_the_calendar_is_a_refusal_of_its_step(
    on_local: Any, plain: Any, tmp_path: Path
) -> None:
    """In process and on a server with a clock of its own; it is no fault of the target."""
    scenario = loads(b"scenario: Far\nsteps:\n  - advance: 9999999d\n", tmp_path / "far.yaml")
    for opened in (on_local(scenario, tmp_path / "local.db"), plain.target()):
        with opened as target:
            outcome = run(scenario, target)
        assert (outcome.status, outcome.stopped) == (Status.FAILED, scenario.steps[0])
        failure = outcome.performed[0].answer.failure
        assert failure is not None
        assert failure.code == "INVALID_ARGUMENT"
        assert failure.message.startswith("9999999d from 2026-01-25")
