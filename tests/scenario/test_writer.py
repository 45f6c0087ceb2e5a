"""Authors get a commented start and expectations filled in from what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.scenario.loader import load, loads
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.writer import complete, new_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

Complete = "Callable[[str], tuple[str, list[tuple[int, str]]]]"

UNFINISHED = """\
# a comment
scenario: x
steps:
  - push: {name: A, tag: v1}   # why
    as: a

  # before the second
  -   push:
        name: A
        skill_md: |
          # two ${a.spec.tag}

  - {get: {id: skl-a}}
  - list_audit_history:
      resource_id: skl-a
  - advance: 1s
  - get: {id: nobody}
  - delete_audit_by_resource_id: {resource_id: skl-a}"""


@pytest.fixture
def completed(tmp_path: Path, plain_target: Any) -> Callable[[str], Any]:
    """Complete a file of this text from a run on a plain target."""

    def fill_in(text: str) -> Any:
        path = tmp_path / "x.scenario.yaml"
        path.write_bytes(text.encode())
        return complete(path, run(load(path), plain_target()))

    return fill_in


def test_a_new_scenario_passes_as_it_is(plain_target: Any) -> None:
    """The commented start is valid, green on a correct registry, and points at the schema."""
    text = new_scenario("tag-moved_twice")
    scenario = loads(text.encode(), Path("n.scenario.yaml"))
    assert scenario.title == "tag moved twice"
    assert run(scenario, plain_target()).status is Status.PASSED
    schema = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert Path(schema).is_file()


def test_a_new_scenario_is_red_on_a_wrong_order(plain_target: Any) -> None:
    """The commented start proves something."""
    scenario = loads(new_scenario("x").encode(), Path("n.scenario.yaml"))
    assert run(scenario, plain_target(oldest_tag=True)).status is Status.FAILED


@pytest.mark.parametrize("name", ['a "quoted": name', "true", "12", "caf\u00e9 \U0001f600", "\x85"])
def test_any_name_makes_a_valid_title(name: str) -> None:
    """A name that YAML would read otherwise is quoted."""
    assert loads(new_scenario(name).encode(), Path("n.scenario.yaml")).title


def test_only_lines_are_added_and_each_is_told(completed: Callable[[str], Any]) -> None:
    """Without the lines told as written, the text is the old one."""
    text, written = completed(UNFINISHED)
    lines = text.splitlines()
    assert [lines[number - 1] for number, _ in written] == [line for _, line in written]
    numbers = {number for number, _ in written}
    kept = [line for number, line in enumerate(lines, start=1) if number not in numbers]
    assert kept == UNFINISHED.splitlines()


def test_what_happened_is_written_below_its_step(completed: Callable[[str], Any]) -> None:
    """Answers become `returns`, refusals `fails`; silent verbs and one-line steps stay."""
    text, written = completed(UNFINISHED)
    words = [line.strip().partition(":")[0] for _, line in written]
    assert words == ["returns", "returns", "returns", "fails", "returns"]
    assert written[0][0] == 6
    assert "  - get: {id: nobody}\n    fails: NOT_FOUND\n" in text
    assert text.count("spec.tag: v1") == 2


def test_only_fields_that_tell_something_are_written(completed: Callable[[str], Any]) -> None:
    """Ids, storage keys and empty fields would make a line that breaks or says nothing."""
    _, written = completed("scenario: x\nsteps:\n  - push: {name: A}\n")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    fields = f"metadata.name: A, metadata.slug: a, status.version_hash: {empty}"
    assert written == [(4, f"    returns: {{{fields}}}")]


def test_a_completed_scenario_passes(
    completed: Callable[[str], Any], plain_target: Any, tmp_path: Path
) -> None:
    """Completed again and again until nothing is written, the file is green."""
    text, written = completed(UNFINISHED)
    while written:
        text, written = completed(text)
    assert run(loads(text.encode(), tmp_path), plain_target()).status is Status.PASSED
    assert text.endswith("    returns: 2\n")


def test_stated_expectations_are_never_changed(completed: Callable[[str], Any]) -> None:
    """A step that states something is left alone, wrong or not."""
    text = "scenario: x\nsteps:\n  - push: {name: A}\n    returns: {spec.tag: wrong}\n"
    assert completed(text) == (text, [])


def test_line_ends_and_byte_order_mark_stay(completed: Callable[[str], Any]) -> None:
    """A file of another editor keeps its form, in the lines written too."""
    text, written = completed("\ufeffscenario: x\r\nsteps:\r\n  - push: {name: A}\r\n")
    assert text.startswith("\ufeffscenario: x\r\n")
    assert len(written) == 1
    assert text.count("\n") == text.count("\r\n") == 4


@pytest.mark.parametrize("value", ["yes: no", "12", "null", "a\nb", "$${x}", "\u2028", "\x85", "#"])
def test_any_text_survives_being_written(
    value: str, completed: Callable[[str], Any], plain_target: Any, tmp_path: Path
) -> None:
    """A text that YAML or the language would read otherwise is quoted or escaped."""
    shown = value.replace("\n", "\\n").replace("\u2028", "\\u2028").replace("\x85", "\\x85")
    text, written = completed(f'scenario: x\nsteps:\n  - push: {{name: A, skill_md: "{shown}"}}\n')
    assert len(written) == 1
    assert run(loads(text.encode(), tmp_path), plain_target()).status is Status.PASSED
