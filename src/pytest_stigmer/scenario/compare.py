"""The one function that decides whether an answer is as expected and says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.expressions import mismatch
from pytest_stigmer.scenario.model import expected_failure
from pytest_stigmer.scenario.saved_values import NoSuchValue, look_up

if TYPE_CHECKING:
    from pytest_stigmer.scenario.model import Disputed, ExpectedFailure
    from pytest_stigmer.scenario.target import Answer

MATCHERS = frozenset({"matches", "not", "one_of"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the answer is not as expected; `where` is its dotted path.

    `follows` is the place of the difference that this one follows from, if it does.
    """

    where: str
    expected: Any
    got: Any
    why: str
    follows: str = ""


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
    is_text = isinstance(got, str)
    why = mismatch(expected["matches"], got) if is_text else "does not match the expression"
    return [Difference(where, expected, got, why)] if why else []


def _of_list(expected: list[Any], got: Any, where: str) -> list[Difference]:
    if not isinstance(got, list):
        return [Difference(where, expected, got, "is not a list")]
    found: list[Difference] = []
    if len(expected) != len(got):
        found.append(Difference(where, len(expected), len(got), "has another number of elements"))
    for index, (wanted, value) in enumerate(zip(expected, got, strict=False)):
        found += difference(wanted, value, f"{where}.{index}" if where else str(index))
    return found


def answer_differences(
    answer: Answer, returns: Any, fails: ExpectedFailure | None
) -> list[Difference]:
    """Compare an answer with what a step expects: a value, a failure, or merely success."""
    if isinstance(returns, dict) and returns.keys() == {"one_of"}:
        return _none_of(answer, returns)
    if fails is not None:
        return _failure_differences(answer, fails)
    if answer.failure is not None:
        wanted = "success" if returns is None else returns
        return [Difference("", wanted, _told(answer), "failed although it should succeed")]
    return [] if returns is None else difference(returns, answer.value)


def is_other_side(disputed: Disputed | None, answer: Answer) -> bool:
    """Tell whether an answer takes the other side of the disputed point that a step is about."""
    return disputed is not None and not answer_differences(answer, None, disputed.fails)


def _none_of(answer: Answer, returns: dict[str, Any]) -> list[Difference]:
    """Return one difference unless the answer is one of those that are right."""
    for wanted in returns["one_of"]:
        is_failure = isinstance(wanted, dict) and "fails" in wanted
        fails = expected_failure(wanted["fails"]) if is_failure else None
        if not answer_differences(answer, None if is_failure else wanted, fails):
            return []
    return [Difference("", returns, _told(answer), "is none of the answers that it may be")]


def _told(answer: Answer) -> Any:
    failure = answer.failure
    return f"{failure.code}: {failure.message}" if failure else answer.value


def _failure_differences(answer: Answer, fails: ExpectedFailure) -> list[Difference]:
    if answer.failure is None:
        return [Difference("", fails.code, answer.value, "succeeded although it should fail")]
    found = []
    if answer.failure.code != fails.code:
        found.append(Difference("code", fails.code, answer.failure.code, "is another status"))
    if fails.message not in answer.failure.message:
        got = answer.failure.message
        found.append(Difference("message", fails.message, got, "does not contain the text"))
    if fails.without and fails.without in answer.failure.message:
        got = answer.failure.message
        found.append(Difference("message", {"without": fails.without}, got, "contains the text"))
    return found
