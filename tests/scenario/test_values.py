"""References to saved answers are filled in."""

from __future__ import annotations

import pytest

from pytest_stigmer.scenario.saved_values import (
    NoSuchValue,
    look_up,
    mentions,
    references,
    resolve,
)

SAVED = {"one": {"spec": {"tag": "stable"}, "rows": [{"n": 1}, {"n": 2}], "count": 3}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${one}", SAVED["one"]),
        ("${one.spec.tag}", "stable"),
        ("${one.count}", 3),
        ("${one.rows.1.n}", 2),
        ("${one.spec}", {"tag": "stable"}),
        ("tag ${one.spec.tag}, ${one.count}", "tag stable, 3"),
        ("$${one.spec.tag}", "${one.spec.tag}"),
        ("a $${b} ${one.count}", "a ${b} 3"),
        ("$5 {x}", "$5 {x}"),
    ],
)
def test_a_reference_becomes_the_saved_value(text: str, value: object) -> None:
    """A whole text keeps the type, a part becomes text, a doubled dollar stands for itself."""
    assert resolve(text, SAVED) == value


def test_references_are_filled_in_at_any_depth() -> None:
    """Maps and lists are gone through; keys and other values stay."""
    value = {"a": ["${one.count}", None, True], "${k}": {"b": "${one.spec.tag}"}}
    assert resolve(value, SAVED) == {"a": [3, None, True], "${k}": {"b": "stable"}}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("spec.tga", "no `tga` on the way to `spec.tga`; there is tag"),
        ("rows.2", "no `2` on the way to `rows.2`; there is a list of 2"),
        ("count.x", "no `x` on the way to `count.x`; there is no field at all"),
    ],
)
def test_a_missing_value_is_told_with_what_is_there(path: str, said: str) -> None:
    """The error names the first part that is not there and its neighbours."""
    with pytest.raises(NoSuchValue) as raised:
        look_up(SAVED["one"], path)
    assert str(raised.value) == said


def test_a_failed_reference_names_itself() -> None:
    """The error starts with the reference as it was written."""
    with pytest.raises(NoSuchValue, match=r"^\$\{one\.nope\}: no `nope`"):
        resolve("x ${one.nope}", SAVED)


def test_references_are_found_with_their_places() -> None:
    """Each reference comes with the keys and indexes that lead to it."""
    value = {"a": ["x", "${one.count} ${two}"], "b": "$${no}"}
    assert list(references(value)) == [(("a", 1), "one.count"), (("a", 1), "two")]


def test_a_number_of_entries_stands_for_a_map() -> None:
    """With a number, also one of a case; with a text it is a map of one entry like any other."""
    assert resolve({"numbered": 2}, SAVED) == {"1": "1", "2": "2"}
    assert resolve({"numbered": "${one.count}"}, SAVED) == {"1": "1", "2": "2", "3": "3"}
    assert resolve({"numbered": "2"}, SAVED) == {"numbered": "2"}
    assert resolve({"id": "a", "numbered": 2}, SAVED) == {"id": "a", "numbered": 2}
    assert mentions({"numbered": 2})
