"""The one function that decides whether an answer is as expected and says why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pytest_stigmer.scenario.saved_values import NoSuchValue, look_up

MATCHERS = frozenset({"matches", "not", "one_of"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the answer is not as expected; `where` is its dotted path."""

    where: str
    expected: Any
    got: Any
    why: str


def difference(expected: Any, got: Any, where: str = "") -> list[Difference]:
    """Compare and explain: every difference, in the order of `expected`; an empty list is a match.

    A map matches partly: each of its keys is a dotted path that `got` must have; with None as its
    value `got` may lack it. A list matches element by element and in length. `{matches: REGEX}`
    wants a text in which the expression is found, `{not: VALUE}` anything that does not match the
    value, `{one_of: [VALUE, ...]}` what matches any of them, `{count: N}` a list of that length.
    Every other value must be equal, in type too.
    """
    if isinstance(expected, dict):
        if isinstance(got, list) and expected.keys() == {"count"}:
            return _of_count(expected["count"], got, where)
        return _of_map(expected, got, where)
    if isinstance(expected, list):
        return _of_list(expected, got, where)
    if type(expected) is type(got) and expected == got:
        return []
    return [Difference(where, expected, got, "is another value")]


def _of_map(expected: dict[str, Any], got: Any, where: str) -> list[Difference]:
    if len(expected) == 1 and not MATCHERS.isdisjoint(expected):
        return _of_matcher(expected, got, where)
    if not isinstance(got, dict):
        return [Difference(where, expected, got, "is not a map of fields")]
    found: list[Difference] = []
    for path, value in expected.items():
        found += _of_field(path, value, got, where)
    return found


def _of_count(expected: int, got: list[Any], where: str) -> list[Difference]:
    if len(got) == expected:
        return []
    told = f"a list of {len(got)}"
    return [Difference(where, f"a list of {expected}", told, "has another length")]


def _of_field(path: str, expected: Any, got: dict[str, Any], where: str) -> list[Difference]:
    place = f"{where}.{path}" if where else path
    try:
        value = got[path] if path in got else look_up(got, path)
    except NoSuchValue as error:
        if expected is None:
            return []
        return [Difference(place, expected, None, f"is not in the answer: {error}")]
    return difference(expected, value, place)


def _of_matcher(expected: dict[str, Any], got: Any, where: str) -> list[Difference]:
    if "not" in expected:
        if difference(expected["not"], got, where):
            return []
        return [Difference(where, expected, got, "is the value that it must not be")]
    if "one_of" in expected:
        if any(not difference(wanted, got, where) for wanted in expected["one_of"]):
            return []
        return [Difference(where, expected, got, "is none of the values that it may be")]
    if isinstance(got, str) and re.search(expected["matches"], got):
        return []
    return [Difference(where, expected, got, "does not match the expression")]


def _of_list(expected: list[Any], got: Any, where: str) -> list[Difference]:
    if not isinstance(got, list):
        return [Difference(where, expected, got, "is not a list")]
    found: list[Difference] = []
    if len(expected) != len(got):
        found.append(Difference(where, len(expected), len(got), "has another number of elements"))
    for index, (wanted, value) in enumerate(zip(expected, got, strict=False)):
        found += difference(wanted, value, f"{where}.{index}" if where else str(index))
    return found
