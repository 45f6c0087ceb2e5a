"""A file that an older release has written, and that was upgraded."""

from __future__ import annotations

import base64
from typing import Any

from pytest_stigmer.api.generation import load
from pytest_stigmer.conditions.condition import Condition, shown
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
        if not isinstance(self.target, LocalTarget):
            raise Unsupported(f"{self.target.name} cannot be given another file")
        live = self.own("rows", table="resources")
        versions = self.own("rows", table="resource_audit")
        rows = [*map(_live, live), *map(_version, versions)]
        self.target.go_on_with(legacy_database(rows))
        self._compare(live, self.own("rows", table="resources"))
        self._compare(versions, self.own("rows", table="resource_audit"))

    def _compare(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
        """Look whether every row is as it was, but for its number, and in its place."""
        if len(before) != len(after):
            raise self.surprise(f"the upgrade made {len(after)} rows of {len(before)}")
        for one, other in zip(before, after, strict=True):
            for column in one:
                if column != "id" or "tag" not in one:
                    self._same(column, one, other)

    def _same(self, column: str, one: dict[str, Any], other: dict[str, Any]) -> None:
        if one[column] != other[column]:
            was, now = shown(one[column]), shown(other[column])
            raise self.surprise(f"the upgrade changed {column} from {was} to {now}")


def _live(row: dict[str, Any]) -> ResourceRow:
    if LEGACY_ID.fullmatch(row["id"].encode()):
        raise _not_in_v1(f"the id {row['id']!r}, which means a version there")
    return ResourceRow(row["kind"], row["id"], _data(row), row["updated_at"])


def _version(row: dict[str, Any]) -> ResourceRow:
    data, resource_id = _data(row), row["resource_id"]
    names = load().codec.legacy(row["kind"], data) or ("", "")
    if not resource_id:
        raise _not_in_v1("a version without an id")
    if names != (row["version_hash"], row["tag"]):
        raise _not_in_v1("a hash and a tag that are not those of the message")
    row_id = legacy_id(resource_id, _FIRST + row["id"])
    return ResourceRow(row["kind"], row_id, data, row["archived_at"])


def _data(row: dict[str, Any]) -> bytes:
    return base64.b64decode(row["data"])


def _not_in_v1(what: str) -> Unsupported:
    return Unsupported(f"a file of schema v1 cannot hold {what}")
