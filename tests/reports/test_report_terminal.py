"""The kill matrix in a terminal: readable from 60 columns, plain where colour is not wanted."""

from __future__ import annotations

import io

import pytest
from _pytest._io import TerminalWriter

from pytest_stigmer.prove.matrix import Matrix, draw, draw_families, judge
from pytest_stigmer.prove.proof import Row

NAMES = [f"a_scenario_about_promise_number_{number}" for number in range(9)]
DEFECTS = ("tag-order-without-tiebreak", "history-is-reversed", "out-of-reach")


def _matrix(*, claimed: tuple[str, ...] = DEFECTS[:1], complete: bool = False) -> Matrix:
    states = {DEFECTS[0]: {"v2": "shown", "ascending": "masked"}, DEFECTS[1]: {"v2": "masked"}}
    rows = [Row(name, f"x/{name}.scenario.yaml", 2, claimed, states) for name in NAMES]
    return Matrix(rows, DEFECTS, complete)


@pytest.mark.parametrize("width", [60, 80, 100, 140, 200])
def test_lines_fit_and_no_name_is_cut(width: int) -> None:
    """Every scenario's name is whole, and no line is wider than the terminal."""
    lines = draw(_matrix(), width)
    assert max(map(len, lines)) <= width
    text = " ".join(lines)
    assert all(name in text for name in NAMES)
    assert "9       9/18" in text


def test_defects_out_of_reach_are_counted_not_listed() -> None:
    """A few scenarios are not blamed for the whole catalogue; all of them are."""
    assert "out-of-reach" not in "\n".join(draw(_matrix(), 80))
    everything = [line.split() for line in draw(_matrix(complete=True), 80)]
    assert ["out-of-reach", "0", "-", "none"] in everything


def test_only_what_is_not_as_claimed_is_red() -> None:
    """A defect seen by others than claim it stands out, the rest is plain, the verdict green."""

    def paint(text: str, **colours: bool) -> str:
        return f"<{'/'.join(colours)}>{text}"

    lines = [*draw(_matrix(), 80, paint), *judge(_matrix(), 80, paint)]
    assert [line[:6] for line in lines if line.startswith("<")] == ["<green"]
    unclaimed = draw(_matrix(claimed=(DEFECTS[1],)), 80, paint)
    assert any(line.startswith(f"<red>{DEFECTS[0]}") for line in unclaimed)


def test_a_family_says_how_many_of_its_defects_are_caught() -> None:
    """The short form counts by family; one with a survivor is red and comes first."""

    def paint(text: str, **colours: bool) -> str:
        return f"<{'/'.join(colours)}>{text}"

    families = dict(zip(DEFECTS, ("ordering", "history", "delete"), strict=True))
    assert draw_families(_matrix(), families.__getitem__, 80, paint) == [
        "<red>delete 0/1",
        "<red>history 0/1",
        "caught, by family: ordering 1/1",
    ]


@pytest.mark.parametrize(("arguments", "is_plain"), [((), True), (("--color=yes",), False)])
def test_a_pipe_gets_plain_text(
    pytester: pytest.Pytester, arguments: tuple[str, ...], *, is_plain: bool
) -> None:
    """Into a pipe no escape sequence is written, unless colour is asked for."""
    pytester.path.joinpath("x.scenario.yaml").write_text(
        "scenario: x\nsteps:\n  - advance: 1s\n", encoding="utf-8"
    )
    words = ("-p", "no:randomly", "--stigmer-prove", "-k", "x", *arguments)
    assert ("\x1b[" in pytester.runpytest_subprocess(*words).stdout.str()) != is_plain


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR wins over a terminal that could: the paint that is used leaves the text alone."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("PY_COLORS", raising=False)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert TerminalWriter(Terminal()).markup("text", red=True) == "text"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm")
    assert TerminalWriter(Terminal()).markup("text", red=True) != "text"
