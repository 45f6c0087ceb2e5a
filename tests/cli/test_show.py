"""The command show: a defect's story on a real file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.cli import READER_GONE, main
from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.harness.showing import HEADLINE, story

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 80
ONE_IN = 40  # a story takes a tenth of a second; the slow lane tells all


def told(defect: str) -> list[str]:
    """Return the lines of a story."""
    return list(story(catalogue()[defect]))


def test_the_story_of_the_headline_shows_wrong_rows_right_rows_and_where_it_hides() -> None:
    """Somebody who types `show` sees the bug itself, its fix and the plan that masks it."""
    lines = told(HEADLINE)
    wrong, right = lines.index("with the defect: WRONG"), lines.index("on the reference: right")
    assert [line.split()[1:] for line in lines[wrong:right] if "<-" in line] == [
        ["stable", "h1", "*", "<-", "got"],
        ["stable", "h2", "*", "<-", "expected"],
    ]
    assert any("ORDER BY archived_at DESC LIMIT 1" in line for line in lines[wrong:right])
    assert [line.split()[1:] for line in lines[right:] if "<-" in line] == [
        ["stable", "h2", "*", "<-", "got,", "expected"]
    ]
    assert "hidden in  ascending" in lines


@pytest.mark.parametrize("defect", list(catalogue())[::ONE_IN])
def test_a_defect_has_a_story(defect: str) -> None:
    """The story holds a wrong answer and the right one, and fits a terminal."""
    lines = told(defect)
    assert "with the defect: WRONG" in lines
    assert "on the reference: right" in lines
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.soak
@pytest.mark.parametrize("defect", catalogue())
def test_every_defect_has_a_story(defect: str) -> None:
    """The same for the whole catalogue."""
    test_a_defect_has_a_story(defect)


def test_an_unknown_defect_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """A typo is a usage error with the id that was meant."""
    assert main(["show", "tag-order-without-tiebreaks"]) != 0
    assert f"did you mean '{HEADLINE}'?" in capsys.readouterr().err


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """Give a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("words", ["defects", "run green.scenario.yaml", "schema --write ."])
def test_a_reader_that_leaves_ends_the_command_quietly(
    closed_pipe: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`| head` prints no error and no traceback, and a green run that it cut off is not red."""
    monkeypatch.chdir(tmp_path)
    text = "scenario: green\nsteps:\n  - push: {name: Calculator}\n"
    Path("green.scenario.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest_stigmer.cli", *words.split()]
    done = subprocess.run(
        command, stdout=closed_pipe, stderr=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (READER_GONE, "")
