"""Rows as data, for whoever fills a file without going through the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class ResourceRow:
    """A live row; `updated_at` None means the clock's now."""

    kind: str | int
    id: str
    data: bytes
    updated_at: dt.datetime | None = None


@dataclass(frozen=True)
class AuditRow:
    """An audit row, whose id follows from its turn; `archived_at` None means the clock's now."""

    kind: str | int
    resource_id: str
    data: bytes
    version_hash: str = ""
    tag: str = ""
    archived_at: dt.datetime | None = None
