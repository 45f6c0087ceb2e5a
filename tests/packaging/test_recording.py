"""The recording of `make scenarios` in the documentation: what a new user sees first."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from pytest_stigmer.defects.catalogue import find
from pytest_stigmer.harness.showing import HEADLINE, story

ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "docs/make-scenarios.txt"
COMMAND = "$ make scenarios"
WIDTH = 80
LENGTH = 60


def test_it_is_short_and_begins_with_the_bug() -> None:
    """It fits a terminal, shows the bug as `show` tells it now, and ends with a proof."""
    lines = RECORDING.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LENGTH
    assert max(map(len, lines)) <= WIDTH
    told = list(story(find(HEADLINE)))
    assert lines[: len(told) + 1] == [COMMAND, *told]
    assert any("exactly as claimed, every defect is caught" in line for line in lines)


@pytest.mark.soak
def test_it_is_what_make_scenarios_prints() -> None:
    """All but the time is as recorded; a recording that is not is made anew, to be looked at."""
    words = ["make", "--silent", "scenarios"]
    surroundings = {**os.environ, "COLUMNS": str(WIDTH), "CI": "1"}
    done = subprocess.run(
        words, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True
    )
    shown = done.stdout.replace(f"{ROOT}/", "").rstrip()
    before = RECORDING.read_text(encoding="utf-8")
    RECORDING.write_text(f"{COMMAND}\n{shown}\n", encoding="utf-8")
    assert _timeless(RECORDING.read_text(encoding="utf-8")) == _timeless(before)


def _timeless(text: str) -> str:
    return re.sub(r"in [\d.]+s \([\d:]+\)", "", text)
