"""The audit rows of a failed step on the clock: which were answered and which should have been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_stigmer.scenario.compare import difference
from pytest_stigmer.scenario.runner import Performed
from pytest_stigmer.scenario.target import AuditRow

MAX_ROWS = 30
LOOKUPS = frozenset(
    {"get_by_reference", "get_audit_by_hash", "get_audit_by_tag", "list_audit_history"}
)
"""The verbs that answer from audit rows."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of the timeline.

    `answered` and `expected` are the places in the listing, from 1 (1 for a lookup's single
    answer), or None. `alike` tells that other rows are equal, so that the answer may
    have been any of them.
    """

    row: AuditRow
    answered: int | None = None
    expected: int | None = None
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Audit rows in insertion order, and the instants of their archiving as sorted texts.

    `left_out` counts rows that were neither answered nor expected and are not shown; `is_listing`
    tells that the answer was a list, so that the marks are places in it.
    """

    marks: tuple[Mark, ...]
    instants: tuple[str, ...]
    left_out: int = 0
    is_listing: bool = False


def timeline(rows: Sequence[AuditRow], failed: Performed) -> Timeline | None:
    """Mark the rows that the failed step answered and should have; None without rows."""
    if not rows:
        return None
    asked = [row for row in rows if _is_asked_for(row, failed)]
    answered, expected = places(rows, failed)
    marks = [
        Mark(row, answered.get(row.id), expected.get(row.id), alike=_alike(row, asked))
        for row in rows
        if row in asked or row.id in answered or row.id in expected
    ]
    shown = _most_telling(marks)
    instants = tuple(sorted({mark.row.archived_at for mark in shown}))
    is_listing = isinstance(failed.answer.value, list)
    return Timeline(tuple(shown), instants, len(rows) - len(shown), is_listing)


def places(rows: Sequence[AuditRow], step: Performed) -> tuple[dict[int, int], dict[int, int]]:
    """Return which rows a step answered and which it should have: row id to place, from 1."""
    ordered = sorted(rows, key=lambda row: _is_asked_for(row, step))
    answered = _places(ordered, step.answer.value, lambda row, value: row.value == value)
    wanted = None if step.fails else step.returns
    return answered, _places(ordered, wanted, lambda row, value: not difference(value, row.value))


def _is_asked_for(row: AuditRow, failed: Performed) -> bool:
    """Tell whether a row belongs to the resource that the verb named, or no resource was named."""
    sent = failed.sent
    named = sent.get("resource_id", row.resource_id), str(sent.get("kind", row.kind))
    return "resource_id" not in sent or named == (row.resource_id, row.kind)


def _places(
    rows: Sequence[AuditRow], wanted: Any, fits: Callable[[AuditRow, Any], bool]
) -> dict[int, int]:
    """Give each value the last row that fits and is not given away yet: row id to place."""
    values = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
    places: dict[int, int] = {}
    for place, value in enumerate(values, start=1):
        for row in reversed(rows):
            if row.id not in places and row.value is not None and fits(row, value):
                places[row.id] = place
                break
    return places


def _alike(row: AuditRow, rows: Sequence[AuditRow]) -> bool:
    return any(other.id != row.id and other.value == row.value for other in rows)


def _most_telling(marks: list[Mark]) -> list[Mark]:
    room = MAX_ROWS - sum(1 for mark in marks if mark.answered or mark.expected)
    shown: list[Mark] = []
    for mark in reversed(marks):
        is_marked = bool(mark.answered or mark.expected)
        if is_marked or room > 0:
            shown.append(mark)
            room -= not is_marked
    return shown[::-1]
