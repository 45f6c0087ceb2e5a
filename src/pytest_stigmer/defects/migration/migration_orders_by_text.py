"""Audit records are moved in the order of their ids as text."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "After the upgrade an old version counts as newest, because its instant has fewer digits."
ORIGIN = "D21; stigmer b070f18, store.go: rows move in key order"


class _Textual(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        return sorted(super().legacy_rows(), key=lambda row: (row.kind, row.id))
