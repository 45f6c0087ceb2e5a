"""One scenario, one transcript: in process, behind the service, on a server in another process."""

from __future__ import annotations

import re
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
VOLATILE = re.compile(r"skl-[0-9a-hjkmnp-tv-z]{26}|\d{4}-\d\d-\d\dT[0-9:.]+Z")


def api_level() -> list[Scenario]:
    """Return every scenario that needs nothing but the skill API and a clock."""
    files = sorted(file for place in PLACES for file in place.rglob("*.scenario.yaml"))
    scenarios = [load_scenario(file) for file in files]
    return [found for found in scenarios if found.needs <= {"skills", "clock"}]


SCENARIOS = api_level()


def transcript(outcome: Outcome) -> list[tuple[str, Any]]:
    """Return what was sent and answered, with ids and times numbered by their first use."""
    seen: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return seen.setdefault(found[0], f"<{len(seen)}>")

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return VOLATILE.sub(numbered, value) if isinstance(value, str) else value

    return [
        (step.step.verb, plain([step.sent, step.answer.value, str(step.answer.failure)]))
        for step in outcome.performed
    ]


@pytest.fixture(scope="module")
def address(serving: Any) -> Iterator[str]:
    """Give the address of a server in another process."""
    with serving("--quiet") as served:
        yield served.address


def test_the_flows_are_not_few() -> None:
    """All that can run on a server is compared, the shipped scenarios of the skill API included."""
    assert len(SCENARIOS) >= 30


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[found.name for found in SCENARIOS])
def test_a_scenario_has_one_transcript_on_every_target(
    scenario: Scenario, address: str, on_local: Any, on_service: Any, on_server: Any, tmp_path: Path
) -> None:
    """Every field of every answer is equal; ids and times are, by order of their first use."""
    with on_local(scenario, tmp_path / "local.db") as target:
        local = run(scenario, target)
    with on_service(scenario, tmp_path / "service.db") as target:
        service = run(scenario, target)
    with on_server(address) as target:
        server = run(scenario, target)
    assert local.status == service.status == server.status == Status.PASSED, server.reason
    assert transcript(service) == transcript(local)
    assert transcript(server) == transcript(local)


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
