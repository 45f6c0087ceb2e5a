"""One function decides whether an answer is as expected and says why not."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pytest_stigmer.scenario.compare import Difference, difference

GOT: dict[str, Any] = {
    "metadata": {"id": "skl-1", "labels": {"team": "core", "area": "math"}},
    "spec": {"tag": "stable"},
    "status": None,
    "rows": [{"n": 1}, {"n": 2}],
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"spec.tag": "stable"},
        {"spec": {"tag": "stable"}},
        {"status": None},
        {"metadata.labels": {"team": "core"}},
        {"rows": [{}, {"n": 2}]},
        {"rows.1.n": 2},
        {"metadata.id": {"matches": "^skl-"}},
        {"metadata.id": {"not": "skl-2"}},
        {"status": {"not": "x"}},
    ],
)
def test_what_is_named_must_be_there_and_the_rest_may_be(expected: Any) -> None:
    """A partial expectation that holds has no difference."""
    assert difference(expected, GOT) == []


@pytest.mark.parametrize(
    ("expected", "where", "why"),
    [
        ({"spec.tag": "beta"}, "spec.tag", "is another value"),
        (
            {"spec.tga": "beta"},
            "spec.tga",
            "is not in the answer: no `tga` on the way to `spec.tga`",
        ),
        ({"status.state": "x"}, "status.state", "is not in the answer: no `state` on the way"),
        ({"metadata.labels": {"team": "x"}}, "metadata.labels.team", "is another value"),
        ({"metadata.id": {"matches": "^ag"}}, "metadata.id", "does not match the expression"),
        ({"status": {"matches": ".*"}}, "status", "does not match the expression"),
        ({"metadata.id": {"not": "skl-1"}}, "metadata.id", "is the value that it must not be"),
        ({"rows": [{"n": 1}]}, "rows", "has another number of elements"),
        ({"rows": [{"n": 1}, {"n": 3}]}, "rows.1.n", "is another value"),
        ({"spec": []}, "spec", "is not a list"),
        ({"spec.tag": {"a": 1}}, "spec.tag", "is not a map of fields"),
        ([], "", "is not a list"),
        (3, "", "is another value"),
    ],
)
def test_a_difference_says_where_and_why(expected: Any, where: str, why: str) -> None:
    """Each way to differ gives one difference in its own words."""
    found = difference(expected, GOT)
    assert [item.where for item in found] == [where]
    assert found[0].why.startswith(why)


def test_an_expression_that_backtracking_never_ends_is_judged() -> None:
    """What would take a backtracking search 2 to the power of 40 steps is no match, at once."""
    (found,) = difference({"matches": "^(a+)+$"}, "a" * 40 + "b")
    assert found.why == "does not match the expression"


def test_without_re2_an_expression_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no wheel of it fits, the cure is named."""
    monkeypatch.setitem(sys.modules, "re2", None)
    (found,) = difference({"matches": "not compiled before"}, "text")
    assert "pip install google-re2" in found.why


@pytest.mark.parametrize(
    ("pattern", "text", "why"),
    [
        ("(a|b)*a(a|b){900}c", "ab" * 100_000, "on this text may take 541800000 in all, and "),
        ("^(", "one", "missing ): ^(; RE2 runs it, in bounded time"),
    ],
)
def test_an_expression_that_was_given_up_is_red_and_says_so(
    pattern: str, text: str, why: str
) -> None:
    """Neither too long a search nor an expression that a saved value breaks passes for a match."""
    (found,) = difference({"matches": pattern}, text)
    assert found.why.startswith("has an expression that was given up: ")
    assert why in found.why


@pytest.mark.parametrize(("expected", "got"), [(1, True), (0, False), (1, "1"), (None, "")])
def test_values_of_another_type_are_not_equal(expected: Any, got: Any) -> None:
    """Python's `1 == True` does not pass for an answer."""
    assert difference(expected, got)


def test_all_differences_are_told_at_once() -> None:
    """Each wrong field and each wrong element is named, in the order of the expectation."""
    expected = {"spec.tag": "x", "metadata.id": "y", "rows": [{"n": 9}, {"n": 8}, {}]}
    assert [found.where for found in difference(expected, GOT)] == [
        "spec.tag",
        "metadata.id",
        "rows",
        "rows.0.n",
        "rows.1.n",
    ]


def test_a_difference_carries_both_values() -> None:
    """What was expected and what came are kept as values, not as text."""
    assert difference({"spec.tag": "x"}, GOT) == [
        Difference("spec.tag", "x", "stable", "is another value")
    ]


def test_none_means_that_nothing_is_there() -> None:
    """A key with None may be missing; any other value under it is a difference."""
    assert difference({"labels.team": None}, {"labels": {}}) == []
    (found,) = difference({"labels.team": None}, {"labels": {"team": "core"}})
    assert (found.where, found.got) == ("labels.team", "core")


def test_a_count_is_the_length_of_a_list() -> None:
    """`{count: N}` looks at the length of a list alone; in a map it is a key like any other."""
    assert difference({"count": 2}, [{}, {}]) == []
    assert difference({"count": 3}, [{}, {}]) == [
        Difference("", "a list of 3", "a list of 2", "has another length")
    ]
    assert difference({"count": 3}, {"count": 3}) == []
