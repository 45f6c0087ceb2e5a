"""Which differences of an answer are one: those by which it is another version of the run."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_stigmer.scenario.compare import difference
from pytest_stigmer.scenario.followers import with_followers
from pytest_stigmer.scenario.model import Step
from pytest_stigmer.scenario.runner import Performed
from pytest_stigmer.scenario.target import Answer

ONE = {"hash": "1", "event": "created", "at": "t1", "name": "A"}
TWO = {"hash": "2", "event": "updated", "at": "t2", "name": "A"}
KNOWN = [("line 1", ONE), ("line 2", TWO)]


def told(expected: Any, got: Any) -> dict[str, str]:
    """Return the places that differ, each with the one it follows from."""
    found = tuple(difference(expected, got))
    step = Performed(Step("get", {}, 3), {}, Answer(got), expected, None, found)
    return {one.where: one.follows for one in with_followers(step, KNOWN)}


@pytest.mark.parametrize(
    ("expected", "got", "follows"),
    [
        (TWO, ONE, {"hash": "", "event": "hash", "at": "hash"}),
        (TWO, {**ONE, "name": "B"}, {"hash": "", "event": "hash", "at": "hash", "name": ""}),
        (TWO, {**TWO, "at": "t3", "event": "lost"}, {"event": "", "at": ""}),
        (TWO, {**TWO, "event": "created"}, {"event": ""}),
        ({"hash": {"not": "1"}, "at": "t2"}, ONE, {"hash": "", "at": "hash"}),
        (
            [{"hash": "2", "at": "t2"}, {"hash": "1", "at": "t1"}],
            [ONE, TWO],
            {"0.hash": "", "0.at": "0.hash", "1.hash": "", "1.at": "1.hash"},
        ),
    ],
    ids=["another", "another-and-more", "no-version", "one-alone", "matchers", "listing"],
)
def test_only_what_another_version_says_follows(
    expected: Any, got: Any, follows: dict[str, str]
) -> None:
    """The first difference of a record stands for those that one wrong version explains."""
    assert told(expected, got) == follows


def test_an_unknown_version_explains_nothing() -> None:
    """Values that no answer and no row of the run had are differences of their own."""
    got = {"hash": "9", "event": "renamed", "at": "t9", "name": "Z"}
    assert set(told(TWO, got).values()) == {""}
