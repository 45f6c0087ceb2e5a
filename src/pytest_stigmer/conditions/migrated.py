"""A file that an older release has written, and that was upgraded."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, cast

from pytest_stigmer.api.generation import load
from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.reads import READS
from pytest_stigmer.scenario.target import Call, Unsupported
from pytest_stigmer.store.legacy import legacy_database, legacy_id
from pytest_stigmer.store.migration import LEGACY_ID
from pytest_stigmer.store.translation import ResourceRow
from pytest_stigmer.targets.local import LocalTarget

_FIRST = 1_700_000_000_000_000_000
"""The instant in the id of the first version, in nanoseconds."""


class Migrated(Condition):
    """Takes what is stored through a file of schema v1 and its upgrade, before each read."""

    name = "migrated"
    why = "An upgrade loses nothing, and nobody sees whether a record has gone through one."
    needs = frozenset({"files", "faults"})

    def before(self, call: Call) -> None:
        """Write the file anew, as the older release had it, and open it."""
        if call.verb not in READS:
            return
        target = cast("LocalTarget", self.target)
        rows = [*self._live(), *self._versions()]
        target.go_on_with(legacy_database(rows))

    def _live(self) -> Iterator[ResourceRow]:
        for row in self.own("rows", table="resources"):
            if LEGACY_ID.fullmatch(row["id"].encode()):
                raise _not_in_v1(f"the id {row['id']!r}, which means a version there")
            yield ResourceRow(row["kind"], row["id"], _data(row), row["updated_at"])

    def _versions(self) -> Iterator[ResourceRow]:
        for row in self.own("rows", table="resource_audit"):
            data, resource_id = _data(row), row["resource_id"]
            names = load().codec.legacy(row["kind"], data) or ("", "")
            if not resource_id:
                raise _not_in_v1("a version without an id")
            if names != (row["version_hash"], row["tag"]):
                raise _not_in_v1("a hash and a tag that are not those of the message")
            row_id = legacy_id(resource_id, _FIRST + row["id"])
            yield ResourceRow(row["kind"], row_id, data, row["archived_at"])


def _data(row: dict[str, Any]) -> bytes:
    return base64.b64decode(row["data"])


def _not_in_v1(what: str) -> Unsupported:
    return Unsupported(f"a file of schema v1 cannot hold {what}")
