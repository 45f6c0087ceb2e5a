"""A project that checks its types: every fixture has one, and each typo is an error."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.soak

TYPOS = {
    number
    for number, line in enumerate(
        Path(__file__).with_name("typed").joinpath("check_typos.py").read_text().splitlines(), 1
    )
    if line.endswith("# typo")
}
FILES = ("check_types.py", "check_typos.py")


def test_typed_suite_is_green(project: Run) -> None:
    """What the checkers take for right is right."""
    done = project("typed", "pytest", "-q", "check_types.py", "-k", "not Own")
    assert done.returncode == 0, done.stdout


def test_mypy_finds_each_typo_and_nothing_else(project: Run) -> None:
    """Under --strict the suite is clean; in the wrong copy each typo, and no other line, is red."""
    pytest.importorskip("mypy")
    done = project("typed", "mypy", "--strict", *FILES)
    found = re.findall(r"^(\w+\.py):(\d+): error", done.stdout, re.MULTILINE)
    assert {(file, int(line)) for file, line in found} == {(FILES[1], line) for line in TYPOS}


def test_pyright_finds_each_typo_and_nothing_else(project: Run) -> None:
    """The same by pyright, which editors use."""
    pytest.importorskip("pyright")
    told = json.loads(project("typed", "pyright", "--outputjson", *FILES).stdout)
    errors = [one for one in told["generalDiagnostics"] if one["severity"] == "error"]
    found = {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in errors}
    assert found == {(FILES[1], line) for line in TYPOS}
