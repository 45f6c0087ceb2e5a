"""What a page tells of a server that is not ours: what it sent, not only what that was read as."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.harness.report_recorder import ScenarioRecorder
from pytest_stigmer.report.data import STATUSES, Document, ScenarioData, Times
from pytest_stigmer.report.html_page import render as as_html
from pytest_stigmer.report.joining import built
from pytest_stigmer.report.markdown import render as as_markdown
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.render import render
from pytest_stigmer.scenario.report import page
from pytest_stigmer.scenario.runner import run

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

SCENARIO = """\
scenario: A push says when it was
clock: 2026-01-25T10:00:00.100Z
steps:
  - push: {name: Calculator, tag: stable, skill_md: "# one"}
  - get_by_reference: {slug: calculator, version: stable}
    returns: {status.audit.status_audit.updated_at: "2026-01-25T10:00:00.200Z"}
"""
READ = "2026-01-25T10:00:00.100Z"
SERVICE = "ai.stigmer.agentic.skill.v1.SkillQueryController"
WHERE = "status.audit.status_audit.updated_at"


def document(scenario: Scenario, outcome: Outcome) -> Document:
    """Return the report of one run."""
    recorder = ScenarioRecorder(scenario, None)
    recorder.keep(outcome, cell="v2")
    told = built(ScenarioData, json.loads(recorder.as_json() or ""))
    return Document(
        verdict="tests failed",
        target=outcome.target,
        seed=1,
        defect=None,
        is_proof=False,
        versions={},
        times=Times("2026-01-25T10:00:00+00:00", 1.0),
        counts=dict.fromkeys(STATUSES, 0),
        scenarios=(told,),
    )


@pytest.fixture
def red(plain: Any, tmp_path: Path) -> tuple[Scenario, Outcome]:
    """Give a red run on a server whose clock is its own."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    scenario = load(path)
    with plain.target() as target:
        outcome = run(scenario, target)
        target.close()
    return scenario, outcome


def test_a_time_that_a_server_sent_stands_beside_what_it_was_read_as(red: Any) -> None:
    """Terminal, page, JSON and Markdown show both, in the answer and in the difference."""
    scenario, outcome = red
    ((where, sent),) = [one for one in outcome.reds[0].answer.server_times if one[0] == WHERE]
    assert sent.startswith("2026-02-01T00:00:")
    assert f"  {sent}, read as {READ}\n" in render(page(outcome), 80)
    told = document(scenario, outcome)
    (step,) = [step for step in told.scenarios[0].runs[0].steps if step.differences]
    assert (step.server_times[where], dict(step.got)[where]) == (sent, READ)
    assert dataclasses.asdict(told)["scenarios"][0]["runs"][0]["steps"][1]["server_times"]
    assert f"(the server sent {sent}) | " in as_markdown(told)
    html = as_html(told)
    told_both = f"<dd>{READ} <small>(the server sent {sent})</small></dd>"
    assert f"<dt>got</dt>{told_both}" in html
    assert f"<dt>{where}</dt>{told_both}" in html


def test_a_call_is_told_as_it_was_on_the_wire(red: Any, plain: Any) -> None:
    """The request has the name that the server knows, and the line the server's address."""
    _, outcome = red
    (line,) = [line for line in render(page(outcome)).splitlines() if "grpcurl" in line]
    assert '"slug": "calculator-x' in line
    assert line.endswith(f" {plain.address} {SERVICE}/getByReference")
