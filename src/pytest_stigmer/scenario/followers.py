"""Differences that are one: an answer that says what another version of the run says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.compare import difference
from pytest_stigmer.scenario.saved_values import NoSuchValue, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_stigmer.scenario.compare import Difference
    from pytest_stigmer.scenario.runner import Outcome, Performed

Version = tuple[str, Any]
"""Where a version was seen, in words, and its value."""


def versions(outcome: Outcome) -> list[Version]:
    """Return the versions that a run has seen: right answers, and audit rows."""
    answers = [
        (f"line {one.step.line}", one.answer.value)
        for one in outcome.performed
        if isinstance(one.answer.value, dict) and not one.differences
    ]
    rows = outcome.evidence.timeline if outcome.evidence else ()
    return answers + [(f"row {row.id}", row.value) for row in rows if row.value is not None]


def with_followers(performed: Performed, known: Sequence[Version]) -> tuple[Difference, ...]:
    """Return the differences of a step, those that follow from another naming that one's place.

    Differences of one record are one where what was got is what one known version says there, and
    what was expected is what one other says. The first of them stands for all.
    """
    found = list(performed.differences)
    is_listing = isinstance(performed.answer.value, list)
    places = [_place(one.where, is_listing=is_listing) for one in found]
    for record in dict.fromkeys(record for record, _ in places):
        pairs = {
            at: _pairs(found[at], path, known)
            for at, (own, path) in enumerate(places)
            if own == record
        }
        best = Counter(pair for each in pairs.values() for pair in each).most_common(1)
        alike = [at for at in pairs if best and best[0][0] in pairs[at]]
        if len(alike) > 1:
            (got, expected), first = best[0][0], alike[0]
            why = f"is that of {known[got][0]}, not of {known[expected][0]}"
            found[first] = replace(found[first], why=why)
            for at in alike[1:]:
                found[at] = replace(found[at], follows=found[first].where)
    return tuple(found)


def _place(where: str, *, is_listing: bool) -> tuple[str, str]:
    """Split the place of a difference: which record of a list, and the path in it."""
    record, _, path = where.partition(".") if is_listing else ("", "", where)
    return record, path


def _pairs(found: Difference, path: str, known: Sequence[Version]) -> list[tuple[int, int]]:
    """Return the pairs of versions of which one says what was got, the other what was expected."""
    got = _saying(path, known, lambda said: said == found.got)
    expected = _saying(path, known, lambda said: not difference(found.expected, said))
    return [(one, other) for one in got for other in expected]


def _saying(path: str, known: Sequence[Version], fits: Callable[[Any], bool]) -> list[int]:
    said = []
    for number, (_, value) in enumerate(known):
        try:
            if fits(look_up(value, path)):
                said.append(number)
        except NoSuchValue:
            continue
    return said
