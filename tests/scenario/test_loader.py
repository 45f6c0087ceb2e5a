"""A scenario file is read to a model that knows its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.scenario.file_texts import GOOD, HEAD, PATH

from pytest_stigmer.scenario.loader import load, loads
from pytest_stigmer.scenario.model import ExpectedFailure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.scenario.model import Scenario


def test_every_top_level_key_reaches_the_model() -> None:
    """Title, description, clock, detects, marks and matrix are read as written."""
    scenario = loads(GOOD, PATH)
    assert scenario.title == "A tag moved twice within one second names the newest push"
    assert scenario.description == "Ties happen."
    assert scenario.clock == "2026-01-25T10:00:00.100Z"
    assert (scenario.detects, scenario.marks) == (("tag-order-without-tiebreak",), ("slow",))
    assert (scenario.matrix, scenario.origin) == ("plans", ("D16", "contract 2.6"))
    assert scenario.not_under == {"restart": "the answer is about one process"}
    assert scenario.name == "x"


def test_every_node_keeps_its_line() -> None:
    """The scenario, its keys and each step say on which line they stand."""
    scenario = loads(GOOD, PATH)
    assert scenario.line == 2
    assert scenario.lines["detects"] == 5
    assert [step.line for step in scenario.steps] == [11, 13, 14, 16]


def test_a_step_is_a_verb_with_arguments_and_expectations() -> None:
    """Arguments, `as`, `returns` and `fails` are read, defaults of the schema filled in."""
    push, advance, lookup, refused = loads(GOOD, PATH).steps
    assert (push.verb, push.save_as, push.refers) == ("push", "one", False)
    assert advance.arguments == {"duration": "300ms"}
    assert lookup.arguments == {"kind": "skill", "id": "${one.metadata.id}"}
    assert lookup.refers
    assert refused.fails == ExpectedFailure("NOT_FOUND", "nobody")


def test_needs_are_the_capabilities_of_the_verbs_and_the_clock() -> None:
    """A stated start needs a clock even when no step moves it."""
    scenario = loads(b"scenario: t\nclock: 2026-01-25T10:00:00Z\nsteps:\n  - reopen:\n", PATH)
    assert scenario.needs == {"reopen", "clock"}
    assert loads(HEAD + b"  - reopen:\n", PATH).needs == {"reopen"}


def test_steps_within_steps_and_their_keys_reach_the_model() -> None:
    """Each inner step knows its place, and what it needs is needed by the scenario."""
    text = b"""\
  - transaction:
      - save_resource: {id: "r${n}", message: {}}
        repeat: 3
      - get_resource: {id: r1}
        on: other
    ends: rolled_back
"""
    scenario = loads(HEAD + text, PATH)
    (unit,) = scenario.steps
    inner = ("steps", 0, "transaction")
    assert [step.place for step in scenario.all_steps()] == [(*inner, 0), (*inner, 1), ("steps", 0)]
    assert (unit.keeps, unit.steps[0].repeat, unit.steps[1].on_other) == (False, 3, True)
    assert scenario.needs == {"store", "transactions", "second"}


def test_cases_make_a_scenario_each() -> None:
    """Each has its own label; without cases there is the one."""
    text = (
        b"scenario: t\ncases: [{case: a, x: 1}, {case: b, x: 2}]\nsteps: [get: {id: '${database}'}]"
    )
    scenario = loads(text, PATH)
    assert [one.label for one in scenario.expanded()] == ["t[a]", "t[b]"]
    assert scenario.needs == {"skills", "files"}
    assert loads(GOOD, PATH).expanded() == (loads(GOOD, PATH),)


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    """Editors that write them do not change the scenario's meaning or its lines."""
    scenario = loads(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), PATH)
    assert scenario.steps == loads(GOOD, PATH).steps


def test_load_reads_a_file(tmp_path: Path) -> None:
    """The path of the model is the file's."""
    path = tmp_path / "y.scenario.yaml"
    path.write_bytes(GOOD)
    assert load(path).path == path


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "012", "0x1f", "1.0", "1e3", "2026-01-25", "12:30:00", "<<", "="]
)
def test_what_looks_like_text_is_text(text: str, read: Callable[[str], Scenario]) -> None:
    """No boolean, octal, float, date or base-60 number is read into a plain word."""
    assert read(f"  - push: {{name: {text}}}").steps[0].arguments["name"] == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-3", -3), ("0", 0), ("true", True), ("False", False), ("~", None), ("", None)],
)
def test_plain_numbers_truths_and_null_have_their_types(
    text: str, value: object, read: Callable[[str], Scenario]
) -> None:
    """Decimal integers, true, false and null are the only plain scalars that are not text."""
    step = read(f"  - get: {{id: x}}\n    returns:\n      spec.tag: {text}").steps[0]
    assert step.returns["spec.tag"] is value or step.returns["spec.tag"] == value
    assert type(step.returns["spec.tag"]) is type(value)


def test_a_dollar_is_doubled_to_stand_for_itself(read: Callable[[str], Scenario]) -> None:
    """`$${x}` names no saved answer."""
    assert read('  - push: {name: x, skill_md: "$${x}"}').steps[0].refers
