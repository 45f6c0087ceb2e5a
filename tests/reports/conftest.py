"""Runs of pytest that write reports, on a folder with an outcome of every sort."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "The tag </script> \"names\" <b>ünï & 'the' newest</b>"
GREEN = """\
scenario: The newest of two snapshots is found
detects: [tag-order-without-tiebreak]
clock: 2026-01-25T10:00:00.100Z
steps:
  - save_audit: {resource_id: skl-1, tag: stable, version_hash: h1, message: {spec.tag: one}}
  - advance: 300ms
  - save_audit: {resource_id: skl-1, tag: stable, version_hash: h2, message: {spec.tag: two}}
  - get_audit_by_tag: {resource_id: skl-1, tag: stable}
    returns: {spec.tag: two}
"""
RED = GREEN.replace("returns: {spec.tag: two}", "returns: {spec.tag: one}").replace(
    "The newest of two snapshots is found", json.dumps(TITLE)
)
PLANS = GREEN.replace("clock:", "matrix: plans\nclock:").replace(
    "is found", "is found in all plans"
)
TESTS = """
import pytest

def test_green():
    pass

def test_red():
    assert {"<script>": 1} == {"</script>": 2}

def test_broken(absent):
    pass

@pytest.mark.skip(reason="not today")
def test_skipped():
    pass

@pytest.mark.xfail(reason="known", strict=False)
def test_expected():
    assert 0

@pytest.mark.xfail(reason="mended", strict=False)
def test_unexpected():
    pass

def test_inconclusive():
    pytest.skip("inconclusive: the clock could not be read")
"""
FILES = {
    "green.scenario.yaml": GREEN,
    "red.scenario.yaml": RED,
    "plans.scenario.yaml": PLANS,
    "test_all.py": TESTS,
}


class Reported(NamedTuple):
    """The reports of one run, and what the terminal showed."""

    result: pytest.RunResult
    html: str
    data: Any
    markdown: str


@pytest.fixture
def reported(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Reported]:
    """Give a function that runs pytest on files (name to text) and returns its reports."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, files: dict[str, str] = FILES, **options: bool) -> Reported:
        for name, text in files.items():
            pytester.path.joinpath(name).write_text(text, encoding="utf-8")
        paths = [pytester.path / f"out/report{suffix}" for suffix in (".html", ".json", ".md")]
        words = [f"--stigmer-report={path}" for path in paths]
        start = pytester.runpytest_subprocess if options else pytester.runpytest_inprocess
        result = start("-p", "no:randomly", "-p", "no:cacheprovider", *words, *arguments)
        html, data, markdown = (path.read_text(encoding="utf-8") for path in paths)
        return Reported(result, html, json.loads(data), markdown)

    return run
