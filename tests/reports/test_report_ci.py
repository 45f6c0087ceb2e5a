"""What continuous integration gets: JUnit XML, annotations, a summary, artifacts, a verdict."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[2] / "docs/howto/ci-engineer.md"
# One scenario is enough here: all of them take a while.
FEWER = {"stigmer-harness": ("-k", "bursts")}


def steps() -> list[list[str]]:
    """Return the commands of the parallel example of the page for CI engineers."""
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]


def _properties(case: ET.Element) -> dict[str | None, str | None]:
    return {p.get("name"): p.get("value") for p in case.iterfind("properties/property")}


def test_junit_has_real_elements_and_properties(reported: Callable[..., Any]) -> None:
    """A red scenario is a failure, an inconclusive one skipped; target, seed, cell, detects."""
    away = "scenario: Out of reach\nmarks: [skip]\nsteps:\n  - advance: 1s\n"
    files = {"skip.scenario.yaml": away, "red.scenario.yaml": FILES_RED}
    result = reported("--junitxml=junit.xml", files=files).result
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    cases = ET.parse("junit.xml").getroot().iter("testcase")  # noqa: S314 - written by pytest
    told = {case.get("name"): case for case in cases}
    assert told["Out of reach"].find("skipped") is not None
    red = told["The first of two is found"]
    assert red.find("failure") is not None
    assert _properties(red) == {
        "stigmer_target": "local",
        "stigmer_seed": "20260126",
        "stigmer_cell": "v2",
        "stigmer_detects": "tag-order-without-tiebreak",
    }


FILES_RED = """\
scenario: The first of two is found
detects: [tag-order-without-tiebreak]
steps:
  - save_audit: {resource_id: s, tag: "100%", message: {spec.tag: one}}
  - get_audit_by_tag: {resource_id: s, tag: "100%"}
    returns: {spec.tag: "two, three"}
"""


def test_red_scenarios_are_annotated_at_their_step(
    reported: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On GitHub each red scenario is a mark on the line of the step, its text kept on one line."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    several = FILES_RED.replace("detects", "matrix: plans\ndetects")
    lines = reported(
        "--stigmer-conditions=none", files={"red.scenario.yaml": several}
    ).result.outlines
    (told,) = (line for line in lines if line.startswith("::"))
    assert told.startswith(
        "::error file=red.scenario.yaml,line=6,title=The first of two is found::"
    )
    assert "%0A" in told
    assert '"100%25"' in told


def test_a_faulty_scenario_file_is_annotated_at_its_line(
    reported: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typo is a mark on its line too, once, however many workers collect it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    files = {"typo.scenario.yaml": "scenario: x\nsteps:\n  - advanse: 1s\n"}
    lines = reported("-n2", files=files, subprocess=True).result.outlines
    (told,) = (line for line in lines if line.startswith("::"))
    assert told.startswith("::error file=typo.scenario.yaml,line=3,")


def test_elsewhere_nothing_is_annotated(reported: Callable[..., Any]) -> None:
    """Without GITHUB_ACTIONS the output has no workflow command."""
    lines = reported(files={"red.scenario.yaml": FILES_RED}).result.outlines
    assert not [line for line in lines if line.startswith("::")]


def test_the_summary_is_appended_to_the_page_of_the_job(
    reported: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What other steps wrote stays, and the table of what is not green follows."""
    page = tmp_path / "summary"
    page.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    markdown = reported(files={"red.scenario.yaml": FILES_RED}).markdown
    assert page.read_text(encoding="utf-8") == f"before\n{markdown}"
    assert "| failed | red.scenario.yaml::The first of two is found |" in markdown


def test_markdown_cannot_be_broken_by_a_title(reported: Callable[..., Any]) -> None:
    """Pipes, tags and line breaks of a test's reason stay inside their cell."""
    files = {"test_x.py": 'def test_x():\n    assert 0, "a | b <b>\\nc"\n'}
    (row,) = (line for line in reported(files=files).markdown.splitlines() if r"test\_x.py" in line)
    assert "a \\| b \\<b\\>" in row


def test_the_parallel_example_runs(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the example write their artifacts and exit with 0."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pytester.path.joinpath("green.scenario.yaml").write_text(
        FILES_RED.replace('"two, three"', "one"), encoding="utf-8"
    )
    pytester.makepyfile("def test_store(stigmer_store): assert stigmer_store.path.exists()")
    for program, *words in steps():
        fewer = FEWER.get(program, ())
        result = pytester.run(Path(sys.executable).with_name(program), *words, *fewer)
        assert result.ret == 0, result.outlines
    written = sorted(path.name for path in Path("reports").iterdir())
    assert written == ["junit.xml", "proof.html", "tests.html"]
