"""What a red scenario prints: the cause in one line, equal pages once, and no server's files."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from pytest_stigmer.harness.reporting import causes
from pytest_stigmer.scenario.shown_bytes import told_bytes

DEFECT = "tag-order-without-tiebreak"
MATRIX = """\
scenario: A tag names the newest
matrix: plans
clock: 2026-01-25T10:00:00.100Z
steps:
  - save_audit: {resource_id: s, tag: stable, message: {spec.skill_md: one}}
  - save_audit: {resource_id: s, tag: stable, message: {spec.skill_md: two}}
  - get_audit_by_tag: {resource_id: s, tag: stable}
    returns: {spec.skill_md: two}
"""
TAG = """\
scenario: A tag moves
clock: 2026-01-25T10:00:00.100Z
steps:
  - push: {name: Calculator, tag: stable, skill_md: "# one"}
  - advance: 300ms
  - push: {name: Calculator, tag: stable, skill_md: "# two"}
    as: two
  - push: {name: Calculator, tag: beta, skill_md: "# three"}
  - get_by_reference: {slug: calculator, version: stable}
    returns:
      spec.skill_md: "# two"
      metadata.name: Abacus
      status.version_hash: "${two.status.version_hash}"
  - get: {id: skl-0}
    fails: NOT_FOUND
"""
BYTES = """\
scenario: A key that names no skill's artifact gives nothing
steps:
  - push: {name: Calculator, files: {other.txt: text}}
    as: one
  - get_artifact: {key: "${one.status.artifact_storage_key}"}
    fails: NOT_FOUND
"""


# What was pushed is ours, and is told so that it can be pushed again.
REQUEST = re.compile(r"grpcurl .*|\"request\": \{[^{}]*\}")


def run(pytester: pytest.Pytester, text: str, *words: str) -> pytest.RunResult:
    """Run one scenario with every report."""
    (pytester.path / "x.scenario.yaml").write_text(text, encoding="utf-8")
    reports = [f"--stigmer-report=report.{kind}" for kind in ("html", "md", "json")]
    words = (*words, *reports, "--junitxml=junit.xml", "--stigmer-conditions=none")
    return pytester.runpytest_subprocess("-p", "no:randomly", *words)


def test_one_cause_is_told_once_with_its_cells(pytester: pytest.Pytester) -> None:
    """Plans that show one difference give one page with their list, and one line for the cause."""
    ran = run(pytester, MATRIX, "--stigmer-defect", DEFECT)
    (cause,) = [line for line in ran.outlines if line.startswith("RED ")]
    assert 'x.scenario.yaml:7 get_audit_by_tag: spec.skill_md is "one", not "two"' in cause
    assert "(10 times: also no-index, " in cause
    failed = [at for at, line in enumerate(ran.outlines) if line.startswith("FAILED x.")]
    assert ran.outlines.index(cause) > max(failed), "a long id takes the difference off that line"
    text = ran.stdout.str()
    assert text.count("steps before") == 1
    (at,) = [at for at, line in enumerate(ran.outlines) if "the same in 9 more" in line]
    assert ran.outlines[at + 1].startswith("no-index, only-resource-index, ")
    markdown, data = (pytester.path / f"report.{kind}" for kind in ("md", "json"))
    assert "<br>and 5 more | line 7, get_audit" in markdown.read_text().replace("\\", "")
    red, green = json.loads(data.read_text())["scenarios"][0]["runs"]
    assert (len(red["cells"]), green["status"]) == (10, "passed")


class Moved(NamedTuple):
    """What a run printed of a tag that names the version before."""

    lines: list[str]
    steps: list[Any]
    markdown: list[str]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    """Run the scenario once, with every report."""
    folder = tmp_path_factory.mktemp("moved")
    folder.joinpath("x.scenario.yaml").write_text(TAG, encoding="utf-8")
    reports = ["--stigmer-report=report.md", "--stigmer-report=report.json"]
    words = ["--stigmer-conditions=none", "--rootdir=.", "--stigmer-defect", DEFECT, *reports]
    command = [sys.executable, "-m", "pytest", *words]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    (told,) = json.loads((folder / "report.json").read_text())["scenarios"]
    markdown = (folder / "report.md").read_text().replace("\\", "")
    return Moved(ran.stdout.splitlines(), told["runs"][0]["steps"], markdown.splitlines())


def test_the_answer_of_another_version_is_one_difference(moved: Moved) -> None:
    """What else differs because it is that version follows; what no version says stands alone."""
    at = moved.lines.index("differences: 2")
    assert moved.lines[at + 1 : at + 6 : 2] == [
        "  spec.skill_md is that of line 4, not of line 6",
        '    got      "# one"',
        "  metadata.name is another value",
    ]
    assert moved.lines[at + 4] == "    and 1 that follow from it"
    (step,) = [step for step in moved.steps if step["differences"]]
    follows = {found["where"]: found["follows"] for found in step["differences"]}
    assert follows == {
        "spec.skill_md": "",
        "metadata.name": "",
        "status.version_hash": "spec.skill_md",
    }


def test_a_call_is_told_for_who_has_no_scenarios(moved: Moved) -> None:
    """Method, request as JSON, status and answer; in the report those of the steps before too."""
    service = "ai.stigmer.agentic.skill.v1.SkillQueryController"
    request = """'{"slug": "calculator", "version": "stable"}'"""
    line = f"grpcurl -plaintext -d {request} HOST:PORT {service}/getByReference"
    at = moved.lines.index(f"  {line}")
    assert moved.lines[at + 1] == "  status OK"
    assert '"spec": {"skillMd": "# one"' in moved.lines[at + 2]
    at = moved.markdown.index(line)
    assert moved.markdown[at - 1] == "```sh"
    assert moved.markdown[at + 1].startswith("# OK {")
    calls = [step["rpc"] for step in moved.steps if step["rpc"]]
    names = [call["method"].rpartition("/")[2] for call in calls]
    assert names == ["push", "push", "push", "getByReference", "get"]
    assert calls[-1] == {
        "method": f"{service}/get",
        "request": {"value": "skl-0"},
        "status": "NOT_FOUND",
        "message": "Skill not found: skl-0",
        "answer": None,
    }


def test_markdown_tells_step_sent_got_and_expected(moved: Moved) -> None:
    """A red step is a row per difference that stands alone."""
    at = moved.markdown.index("| step | sent | got | expected |")
    assert moved.markdown[at + 2 : at + 4] == [
        (
            '| line 9, get_by_reference | slug "calculator", version "stable" '
            '| spec.skill_md "# one" | spec.skill_md "# two"<br>and 1 that follow from it |'
        ),
        '|  |  | metadata.name "Calculator" | metadata.name "Abacus" |',
    ]


def test_the_page_starts_with_the_difference_and_ends_with_the_answer(
    pytester: pytest.Pytester,
) -> None:
    """Who reads from the top sees the cause first."""
    lines = run(pytester, MATRIX, "--stigmer-defect", DEFECT, "-k", "not no-index").outlines
    heads = ["differences: 1", "query and plan", "steps before", "run it again", "got"]
    places = [lines.index(head) for head in heads]
    assert places == sorted(places)


def test_a_cause_without_a_step_is_told_whole() -> None:
    """A reason with a comma in it loses nothing, and one that names its line does not repeat it."""
    crashes = [
        SimpleNamespace(lineno=1, message="no clock, no answer"),
        SimpleNamespace(lineno=7, message="line 7, get: the answer is 2, not 3"),
    ]
    reports = [
        SimpleNamespace(nodeid="x.scenario.yaml::x", longrepr=SimpleNamespace(reprcrash=crash))
        for crash in crashes
    ]
    assert list(causes(reports)) == [
        "RED x.scenario.yaml:1 no clock, no answer",
        "RED x.scenario.yaml:7 get: the answer is 2, not 3",
    ]


def test_a_cause_is_told_by_the_path_from_where_the_user_stands(pytester: pytest.Pytester) -> None:
    """Also beside the project's root, and the cells are those besides the plain run."""
    (pytester.path / "x.scenario.yaml").write_text(MATRIX, encoding="utf-8")
    folder = pytester.mkdir("below")
    command = [sys.executable, "-m", "pytest_stigmer.cli", "run", "../x.scenario.yaml"]
    words = [*command, "--defect", DEFECT, "--conditions", "none"]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    (cause,) = [line for line in ran.stdout.splitlines() if line.startswith("RED ")]
    assert cause.startswith("RED ../x.scenario.yaml:7 ")
    assert "(10 times: also no-index, " in cause


def test_bytes_of_an_answer_are_in_no_report(pytester: pytest.Pytester) -> None:
    """What was fetched and not expected is told by length, type and hash, in every output."""
    ran = run(pytester, BYTES)
    outputs = [
        path for path in pytester.path.iterdir() if path.name.startswith(("report", "junit"))
    ]
    assert len(outputs) == 4
    texts = [ran.stdout.str(), *(path.read_text(encoding="utf-8") for path in outputs)]
    texts = [re.sub(REQUEST, "", text) for text in texts]
    packed = base64.b64encode(b"PK\3\4").decode()[:5]
    assert [text for text in texts if packed in text] == []
    assert "a ZIP archive, SHA-256" in texts[0]


def test_bytes_are_shown_when_they_are_asked_for(pytester: pytest.Pytester) -> None:
    """Who debugs his own server may look."""
    shown = run(pytester, BYTES, "--stigmer-show-bytes").stdout.str()
    assert base64.b64encode(b"PK\3\4").decode()[:5] in shown


def test_bytes_are_told_by_what_they_are() -> None:
    """A ZIP, a text and anything else are told apart; what is no base64 is told as it came."""
    told = {name: told_bytes(base64.b64encode(data).decode()) for name, data in KINDS.items()}
    assert {name: text.split(", ")[:2] for name, text in told.items()} == {
        "zip": ["4 bytes", "a ZIP archive"],
        "text": ["6 bytes", "text"],
        "binary": ["2 bytes", "binary"],
    }
    assert told_bytes("not base64!").startswith("11 bytes, text, ")


KINDS = {"zip": b"PK\3\4", "text": b"secret", "binary": b"\xff\x00"}
