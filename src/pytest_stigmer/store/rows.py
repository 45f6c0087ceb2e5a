"""Rows as data, for whoever fills a file without going through the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt


class ResourceRow(NamedTuple):
    """A live row; `updated_at` None means the clock's now."""

    kind: str | int
    id: str
    data: bytes
    updated_at: dt.datetime | None = None


class AuditRow(NamedTuple):
    """An audit row, whose id follows from its turn; `archived_at` None means the clock's now."""

    kind: str | int
    resource_id: str
    data: bytes
    version_hash: str = ""
    tag: str = ""
    archived_at: dt.datetime | None = None
