"""A failure is a page that a person understands; the pages are held as text files.

`STIGMER_UPDATE_SNAPSHOTS=1` writes the files anew; read the difference before it is kept.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.render import cut, first_difference, render
from pytest_stigmer.scenario.report import page, replay
from pytest_stigmer.scenario.runner import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.scenario.runner import Outcome

SNAPSHOTS = Path(__file__).with_name("snapshots")

LOOKUP = """\
  - push: {name: Calculator, tag: stable, skill_md: "# one"}
    as: one
  - advance: 300ms
  - push: {name: Calculator, tag: stable, skill_md: "# two"}
    as: two
  - advance: 600ms
  - push: {name: Calculator, tag: beta, skill_md: "# three"}
  - get_by_reference: {slug: calculator, version: stable}
    returns: {status.version_hash: "${two.status.version_hash}"}
"""
LISTING = """\
  - save_audit: {resource_id: a, message: {spec.tag: v1}, tag: v1}
  - advance: 700ms
  - save_audit: {resource_id: a, message: {spec.tag: v2}, tag: v2}
  - save_audit: {kind: agent, resource_id: skl-01kabcdefghijklmnop, message: {spec.tag: v2}}
  - advance: 25h
  - save_audit: {resource_id: a, message: {spec.tag: v3}, tag: v3, version_hash: "0123456789"}
  - list_audit_history: {resource_id: a}
    returns: [{spec.tag: v3}, {spec.tag: v2}, {spec.tag: v1}]
"""
MANY = (
    "".join(
        f"  - save_audit: {{resource_id: a, message: {{spec.tag: t{n % 2}}}, tag: t{n % 2}}}\n"
        for n in range(40)
    )
    + "  - save_audit: {resource_id: a, message: {spec.tag: t0, spec.skill_md: last}, tag: t0}\n"
    + "  - get_audit_by_tag: {resource_id: a, tag: t0}\n    returns: {spec.skill_md: last}\n"
)
LONG = f"""\
  - push: {{name: A, skill_md: "{"x" * 200}1{"y" * 200}"}}
  - get: {{id: skl-a}}
    returns:
      spec.skill_md: "{"x" * 200}2{"y" * 200}"
      spec.tag: {{not: ""}}
      metadata.name: {{matches: "^B"}}
      status.audit.spec_audit.event: created
"""
SEVERAL = """\
  - push: {name: Calculator, tag: "2026.01.25-release-candidate", skill_md: "# one"}
  - push: {name: abcdefghijkl, tag: stable, skill_md: "# one"}
  - set_clock: 2027-01-25T10:00:00Z
  - push: {name: abcdefghijkm, tag: stable, skill_md: "# two"}
  - get_by_reference: {slug: abcdefghijkl}
    returns: {metadata.name: abcdefghijkm}
"""
COUNT = """\
  - save_audit: {resource_id: a, message: {spec.tag: v1}}
  - delete_audit_by_resource_id: {resource_id: a}
    returns: 2
"""
REDS = """\
  - get: {id: nobody}
    as: one
  - get: {id: "${one.metadata.id}"}
  - push: {name: A}
    returns: {metadata.name: B, spec.tag: v1}
"""
CASES = {
    "several-resources": SEVERAL,
    "count": COUNT,
    "several-reds": REDS,
    "lookup": LOOKUP,
    "listing": LISTING,
    "many-rows": MANY,
    "long-values": LONG,
    "wrong-code": "  - get: {id: x}\n    fails: {code: INTERNAL, message: locked}\n",
    "unexpected-failure": "  - advance: 1s\n  - get: {id: x}\n",
    "unexpected-success": "  - push: {name: A}\n  - get: {id: skl-a}\n    fails: NOT_FOUND\n",
    "error": "  - advance: 1s\n  - unlock:\n",
    "inconclusive": "  - crash_after: {statement: 3}\n",
    "skipped": "  - reopen:\n",
}


@pytest.fixture
def red(plain_target: Any) -> Callable[[str], Outcome]:
    """Run steps on a target that answers in the wrong order."""

    def run_steps(steps: str) -> Outcome:
        text = f"scenario: A tag moved twice within one second names the newest\nsteps:\n{steps}"
        path = Path("scenarios/ordering/x.scenario.yaml")
        return run(loads(text.encode(), path), plain_target(oldest_tag=True))

    return run_steps


def _snapshot(name: str, text: str) -> str:
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("STIGMER_UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("case", CASES)
def test_the_page_is_the_one_on_file(case: str, width: int, red: Callable[[str], Outcome]) -> None:
    """Every sort of page looks as it was approved, narrow and wide."""
    text = render(replace(page(red(CASES[case]), seed=7), trace=""), width)
    assert text == _snapshot(f"{case}-{width}", text)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [60, 61, 80, 133])
def test_no_line_is_wider_than_asked(case: str, width: int, red: Callable[[str], Outcome]) -> None:
    """Only what is quoted (the replay line, the query, a traceback) may be longer."""
    ended = red(CASES[case])
    whole = {f"  {replay(ended, seed=7)}"}
    quoted = f"{page(ended).explanation}\n{page(ended).trace}"
    whole |= {f"  {line}" for line in quoted.splitlines()}
    lines = set(render(page(ended, seed=7), width).splitlines()) - whole
    assert [line for line in lines if len(line) > width] == []


def test_a_step_that_fails_as_a_whole_is_told_as_an_answer(red: Callable[[str], Outcome]) -> None:
    """No field differs, so the sentence is about the answer."""
    told = first_difference(page(red("  - get: {id: skl-a}\n")))
    assert told.startswith('line 3, get: the answer is "NOT_FOUND: ')


def test_hidden_characters_make_no_line_wider(red: Callable[[str], Outcome]) -> None:
    """They are shown as escapes, which are longer, and cut as such."""
    steps = LOOKUP.replace("# three", r"\u200d" * 40)
    told = [line for line in render(page(red(steps)), 80).splitlines() if "200d" in line]
    assert [len(line) for line in told] == [80]


def test_the_replay_line_names_seed_target_and_defect(red: Callable[[str], Outcome]) -> None:
    """One line runs the same scenario again in the same way."""
    assert replay(red(LOOKUP), seed=7, defect="tag-order-without-tiebreak") == (
        "pytest scenarios/ordering/x.scenario.yaml --stigmer-target plain --stigmer-seed 7 "
        "--stigmer-defect tag-order-without-tiebreak"
    )


def test_the_timeline_marks_the_row_that_came_and_the_row_that_should_have(
    red: Callable[[str], Outcome],
) -> None:
    """Of two rows of a tag the older one came, the newer one was expected."""
    timeline = page(red(LOOKUP)).timeline
    assert timeline is not None
    marks = [(mark.answered, mark.expected) for mark in timeline.marks]
    assert marks == [(1, None), (None, 1), (None, None)]
    assert timeline.instants == ("2026-01-25 10:00:00",)


def test_the_timeline_of_a_listing_has_both_orders(red: Callable[[str], Outcome]) -> None:
    """Each row of the resource says its place as it came and as it should be."""
    timeline = page(red(LISTING)).timeline
    assert timeline is not None
    marks = [(mark.answered, mark.expected) for mark in timeline.marks]
    assert marks == [(1, 3), (2, 2), (3, 1)]


def test_a_passed_run_has_a_page_without_a_failed_step(
    outcome: Callable[..., Outcome],
) -> None:
    """Reports may ask for the page of any outcome."""
    shown = page(outcome("  - advance: 1s\n"))
    assert (shown.status, shown.number, shown.differences) == ("passed", 0, ())
    assert len(shown.before) == 1
    assert render(shown).startswith("PASSED: a title\nx.scenario.yaml:1\ntarget plain")


def test_an_error_of_the_target_is_shown_with_its_origin(red: Callable[[str], Outcome]) -> None:
    """Whoever wrote the target sees the exception and the frames it comes from."""
    text = render(page(red(CASES["error"])))
    assert "where the error comes from" in text
    assert "ZeroDivisionError: a fault" in text
    assert "in _unlock" in text


@pytest.mark.parametrize(
    ("start", "shown"),
    [(0, "0123456..."), (15, "...efgh..."), (35, "...tuvwxyz")],
)
def test_a_long_text_is_cut_around_the_place_that_matters(start: int, shown: str) -> None:
    """Dots stand for what is missing on either side."""
    assert cut("0123456789abcdefghijklmnopqrstuvwxyz", 10, start) == shown


@pytest.mark.parametrize("room", [7, 8, 20, 35, 36, 37])
def test_a_cut_text_fills_its_room_and_shows_the_place(room: int) -> None:
    """Nothing is cut that has room, and what matters is never behind the dots."""
    text = "0123456789abcdefghijklmnopqrstuvwxyz"
    for start, character in enumerate(text):
        shown = cut(text, room, start)
        assert len(shown) == min(room, len(text))
        assert character in shown
