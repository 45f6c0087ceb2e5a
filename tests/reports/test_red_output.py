"""What a red scenario prints: the cause in one line, equal pages once, and no server's files."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import TYPE_CHECKING

from pytest_stigmer.harness.reporting import causes
from pytest_stigmer.scenario.shown_bytes import told_bytes

if TYPE_CHECKING:
    import pytest

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
BYTES = """\
scenario: A key that names no skill's artifact gives nothing
steps:
  - push: {name: Calculator, files: {other.txt: text}}
    as: one
  - get_artifact: {key: "${one.status.artifact_storage_key}"}
    fails: NOT_FOUND
"""


def run(pytester: pytest.Pytester, text: str, *words: str) -> pytest.RunResult:
    """Run one scenario with every report."""
    (pytester.path / "x.scenario.yaml").write_text(text, encoding="utf-8")
    reports = [f"--stigmer-report=report.{kind}" for kind in ("html", "md", "json")]
    words = (*words, *reports, "--junitxml=junit.xml", "--stigmer-conditions=none")
    return pytester.runpytest_subprocess("-p", "no:randomly", *words)


def test_one_cause_is_told_once_with_its_cells(pytester: pytest.Pytester) -> None:
    """Plans that show one difference give one page, and one line that names the cause."""
    ran = run(pytester, MATRIX, "--stigmer-defect", DEFECT)
    (cause,) = [line for line in ran.outlines if line.startswith("RED ")]
    assert 'x.scenario.yaml:7 get_audit_by_tag: spec.skill_md is "one", not "two"' in cause
    assert "(10 times: also no-index, " in cause
    text = ran.stdout.str()
    assert text.count("steps before") == 2  # with archive times out of order the rows differ
    assert text.count("the same page as A tag names the newest") == 8


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


def test_bytes_of_an_answer_are_in_no_report(pytester: pytest.Pytester) -> None:
    """What was fetched and not expected is told by length, type and hash, in every output."""
    ran = run(pytester, BYTES)
    outputs = [
        path for path in pytester.path.iterdir() if path.name.startswith(("report", "junit"))
    ]
    assert len(outputs) == 4
    texts = [ran.stdout.str(), *(path.read_text(encoding="utf-8") for path in outputs)]
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
