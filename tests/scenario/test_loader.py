"""A scenario file is read to a model that knows its lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.scenario.loader import load, loads
from pytest_stigmer.scenario.model import ExpectedFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.scenario.model import Scenario

PATH = Path("x.scenario.yaml")
HEAD = b"scenario: t\nsteps:\n"

GOOD = b"""\
# yaml-language-server: $schema=schema.json
scenario: A tag moved twice within one second names the newest push
description: Ties happen.
clock: 2026-01-25T10:00:00.100Z
detects: [tag-order-without-tiebreak]
marks: [slow]
matrix: plans
steps:
  - push: {name: Calculator, tag: stable, skill_md: "# one"}
    as: one
  - advance: 300ms
  - get_resource: {id: "${one.metadata.id}"}
    returns: {status.version_hash: "${one.status.version_hash}"}
  - get: {id: nobody}
    fails: {code: NOT_FOUND, message: nobody}
"""


def test_every_top_level_key_reaches_the_model() -> None:
    """Title, description, clock, detects, marks and matrix are read as written."""
    scenario = loads(GOOD, PATH)
    assert scenario.title == "A tag moved twice within one second names the newest push"
    assert scenario.description == "Ties happen."
    assert scenario.clock == "2026-01-25T10:00:00.100Z"
    assert (scenario.detects, scenario.marks) == (("tag-order-without-tiebreak",), ("slow",))
    assert scenario.matrix == "plans"
    assert scenario.name == "x"


def test_every_node_keeps_its_line() -> None:
    """The scenario, its keys and each step say on which line they stand."""
    scenario = loads(GOOD, PATH)
    assert scenario.line == 2
    assert scenario.lines["detects"] == 5
    assert [step.line for step in scenario.steps] == [9, 11, 12, 14]


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
