"""Databases as the release before the audit table left them: audit records among the live rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import DEFAULT_START, parse_instant
from pytest_stigmer.factories.audit_history import History, HistoryFields, audit_history
from pytest_stigmer.factories.messages import check_fields, nanoseconds
from pytest_stigmer.factories.seeding import Draws
from pytest_stigmer.store import legacy
from pytest_stigmer.store.translation import ResourceRow

MALFORMED_IDS = (
    "skill_audit/",
    "skill_audit//17",
    "skill_audit/skl-1",
    "skill_audit/skl-1/soon",
    "_audit/skl-1/17",
)
"""Ids like an audit record's that are none: a part is missing, or the instant is no number."""

INNOCENT_IDS = ("my-audit/report", "preaudit/foo", "XAUDIT/up", "a/b_audit/c", "audit/foo")
"""Ids of ordinary live rows that a careless pattern takes for audit records."""

UNDECODABLE_ID = "skl-undecodable"
"""The resource whose only audit record is not a message."""

_INNOCENT_KIND = "workflow"
_NOT_A_MESSAGE = b"\xff\xff"


class LegacyFields(HistoryFields, total=False):
    """What a legacy database may be given: its history, and the odd rows beside it."""

    malformed: bool
    innocent: bool
    undecodable: bool
    versioned: bool


@dataclass(frozen=True)
class _StandingClock:
    instant: dt.datetime

    def now(self) -> dt.datetime:
        return self.instant


def legacy_database(generation: Generation, draws: Draws, fields: LegacyFields) -> bytes:
    """Return the bytes of a schema v1 file; raise UnknownField or UsageError as audit_history."""
    check_fields("legacy_database", fields, LegacyFields)
    known = HistoryFields.__annotations__
    plain = {name: value for name, value in fields.items() if name in known}
    history = audit_history(generation, draws, cast("HistoryFields", plain))
    start = parse_instant(fields.get("start", DEFAULT_START))
    rows = [*history.live, *_audit_rows(history), *_odd_rows(history, fields, start)]
    return legacy.legacy_database(
        rows, clock=_StandingClock(start), versioned=fields.get("versioned", True)
    )


def _audit_rows(history: History) -> Iterator[ResourceRow]:
    count = len(history.resources)
    for place, row in enumerate(history.rows):
        at = row.archived_at or parse_instant(DEFAULT_START)
        # The number of the version as nanoseconds: two pushes of one instant had two ids.
        row_id = legacy.legacy_id(row.resource_id, nanoseconds(at) + place // count)
        yield ResourceRow(row.kind, row_id, row.data, at)


def _odd_rows(history: History, fields: LegacyFields, at: dt.datetime) -> Iterator[ResourceRow]:
    data = next((row.data for row in history.live), b"")
    if fields.get("malformed"):
        for row_id in MALFORMED_IDS:
            yield ResourceRow("skill", row_id, data, at)
    if fields.get("innocent"):
        for row_id in INNOCENT_IDS:
            yield ResourceRow(_INNOCENT_KIND, row_id, data, at)
    if fields.get("undecodable"):
        row_id = legacy.legacy_id(UNDECODABLE_ID, nanoseconds(at))
        yield ResourceRow("skill", row_id, _NOT_A_MESSAGE, at)
