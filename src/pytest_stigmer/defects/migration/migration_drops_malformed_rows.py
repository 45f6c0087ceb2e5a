"""Rows that look like audit records but are not well formed are deleted."""

from __future__ import annotations

from pytest_stigmer.store.migration import Migrations

HARM = "The upgrade destroys the only copy of what it could not read."
ORIGIN = "D24, turned round"

_REMOVE = "DELETE FROM resources WHERE instr(id, '_audit/') > 0"


class _Tidy(Migrations):
    def to_v2(self) -> None:
        super().to_v2()
        self.create(_REMOVE)
