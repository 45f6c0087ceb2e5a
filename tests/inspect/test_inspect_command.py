"""What the command prints, for people and for programs."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.cli import main
from pytest_stigmer.harness.inspecting import add_arguments, described
from pytest_stigmer.store.facts import Facts
from pytest_stigmer.store.inspect import inspect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspect.conftest import Ask, Told

TIE = ((0, "stable", "a" * 64), (0, "stable", "b" * 64))


def test_json_has_every_field_and_the_verdict(ask: Ask) -> None:
    """A program reads the same facts, under the same names, as Python code."""
    told = ask(*TIE)
    assert set(told.data) == {field.name for field in fields(Facts)} | {"has_hazards"}
    assert told.data["has_hazards"] is True


def test_the_three_answers_of_a_tag_at_risk_are_printed(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Inserted last, by clock then id, by clock alone: a person sees which differ."""
    lines = [line.split() for line in inspected(audits(*TIE)).out.splitlines()]
    assert ["skill/skl-1", "tag", "stable:", "WRONG"] in lines
    assert [" ".join(line[:6]) for line in lines if "hash" in line][:3] == [
        "inserted last: id 2 at 2026-01-25",
        "by clock, then id: id 2",
        "by clock alone: id 1 at",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_terminal(audits: Callable[..., Path], width: int) -> None:
    """From 60 columns up nothing runs past the edge but a word that is longer itself."""
    path = audits(*TIE, (0, "t" * 70, "h", "skl-2"))
    facts = inspect(path)
    long = [line for line in described(facts, width) if len(line) > width]
    assert all(len(line.split()) == 1 for line in long)


def test_several_files_are_told_one_after_the_other(
    audits: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is an object on a line of its own; the exit code is the worst of all."""
    path = audits(*TIE)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.chdir(path.parent)
    assert main(["inspect", "--json", str(path), str(path)]) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [facts["path"] for facts in told] == [str(path), str(path)]
    assert main(["inspect", str(path.parent), str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out.startswith(str(path))
    assert f"{path.parent} is not a usable database: it is a folder" in printed.err
    assert main(["inspect", "none.db"]) == 2
    assert "inspect: none.db is not a usable database: there is no such" in capsys.readouterr().err


def test_progress_is_not_printed_to_a_pipe(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Where standard error is no terminal, nothing is written to it."""
    assert inspected(audits(*TIE)).err == ""


@pytest.mark.parametrize("limit", ["0", "-1", "ten"])
def test_a_limit_is_a_number_from_one(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a usage error, with argparse's exit code 2."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit, match="2"):
        parser.parse_args(["x.db", "--limit", limit])
    assert "--limit" in capsys.readouterr().err
