"""Query plans: lookups stay on their indexes, and the plan matrix shows what an index hides."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import AuditNotFound
from pytest_stigmer.store.bulk import load_history
from pytest_stigmer.store.plans import PLAN_CELLS, PlanCell, cell_store, explain
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import AuditRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Clock

ONE = StringValue(value="1")
PRIMARY = "SEARCH resources USING PRIMARY KEY (kind=?{})"
NEWEST = "SEARCH resource_audit USING COVERING INDEX idx_audit_{}"
PLANS = {
    "get_resource": [PRIMARY.format(" AND id=?")],
    "list_resources": [PRIMARY.format("")],
    "resource_rows": [PRIMARY.format("")],
    "delete_resource": [PRIMARY.format(" AND id=?")],
    "delete_resources_by_kind": ["SEARCH resources USING "],
    "delete_resources_by_id_prefix": ["SEARCH resources USING "],
    "audit_by_hash": [
        "SEARCH resource_audit USING INTEGER PRIMARY KEY (rowid=?)",
        "SCALAR SUBQUERY",
        NEWEST.format("hash (kind=? AND resource_id=? AND version_hash=?)"),
    ],
    "audit_by_tag": [
        "SEARCH resource_audit USING INTEGER PRIMARY KEY (rowid=?)",
        "SCALAR SUBQUERY",
        NEWEST.format("tag (kind=? AND resource_id=? AND tag=?)"),
    ],
    "audit_history": ["SEARCH resource_audit USING INDEX idx_audit_"],
    "delete_audit": ["SEARCH resource_audit USING "],
    "save_resource": [],
    "save_audit": [],
}


def _plan(store: SqliteStore, query: str) -> list[str]:
    return [line.strip() for line in explain(store, query).splitlines()[1:]]


def test_every_query_has_a_stated_plan() -> None:
    """A new verb states its plan here."""
    assert {field.name for field in fields(Queries)} == set(PLANS)


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("query", PLANS)
def test_query_searches_by_key_or_index(store: SqliteStore, query: str, *, analyzed: bool) -> None:
    """No verb walks rows of other kinds, resources, tags or hashes, also with skewed statistics."""
    rows = [
        AuditRow("skill", "a" if n % 50 else "b", b"", f"h{n}", f"t{n % 2}") for n in range(999)
    ]
    load_history(store, rows)
    store.save_resource("skill", "a", ONE)
    if analyzed:
        store.execute("ANALYZE")
    plan = _plan(store, query)
    assert len(plan) == len(PLANS[query])
    assert all(found.startswith(line) for found, line in zip(plan, PLANS[query], strict=True))


def test_prefix_deletion_is_a_key_range(store: SqliteStore) -> None:
    """Both ends of the prefix bound the search."""
    (line,) = _plan(store, "delete_resources_by_id_prefix")
    assert line.endswith("(kind=? AND id>? AND id<?)")


def test_explanation_shows_statement_and_plan(store: SqliteStore) -> None:
    """The text for a failure page is the SQL and one line per plan node."""
    lines = explain(store, "audit_history").splitlines()
    assert lines[0] == store.queries.audit_history
    assert lines[1].startswith("  SEARCH resource_audit")


def test_first_cell_is_the_real_schema(
    tmp_path: Path, clock: Clock, opened: Callable[..., SqliteStore]
) -> None:
    """The cell v2 is a file as any other store makes it."""
    assert PLAN_CELLS[0].name == "v2"
    master = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    with cell_store(tmp_path / "v2.db", PLAN_CELLS[0], clock=clock) as store:
        assert store.execute(master) == opened().execute(master)


def test_cells_are_told_apart() -> None:
    """Names are unique and each cell says why it is there."""
    assert len({cell.name for cell in PLAN_CELLS}) == len(PLAN_CELLS) == 11
    assert all(cell.why.endswith(".") for cell in PLAN_CELLS)


def test_cell_takes_a_defective_store(tmp_path: Path, clock: Clock) -> None:
    """A subclass is opened on the cell's file, and everything but the audit reads is its own."""

    class Odd(SqliteStore):
        def list_resources(self, kind: str | int) -> list[bytes]:
            return [str(kind).encode()]

    for cell in PLAN_CELLS:
        with cell_store(tmp_path / f"{cell.name}.db", cell, make=Odd, clock=clock) as store:
            assert store.list_resources("skill") == [b"skill"]
            store.save_audit("skill", "a", ONE, tag="t")
            with store.transaction():
                assert store.get_audit_by_tag("skill", "a", "t", StringValue) == ONE


def test_cell_prepares_each_audit_read(tmp_path: Path, clock: Clock) -> None:
    """The statement of a cell runs before each of the three reads, and before no other verb."""
    cell = PlanCell("emptied", "It empties.", before_read="DELETE FROM resource_audit")
    with cell_store(tmp_path / "x.db", cell, clock=clock) as store:
        reads: list[Callable[[], object]] = [
            lambda: store.list_audit_history("skill", "a"),
            lambda: store.get_audit_by_tag("skill", "a", "t", StringValue),
            lambda: store.get_audit_by_hash("skill", "a", "h", StringValue),
        ]
        for read in reads:
            store.save_audit("skill", "a", ONE, tag="t", version_hash="h")
            store.list_resources("skill")
            assert store.execute("SELECT count(*) FROM resource_audit") == [(1,)]
            with suppress(AuditNotFound):
                read()
            assert store.execute("SELECT count(*) FROM resource_audit") == [(0,)]


def test_cell_that_cannot_be_opened_leaves_no_connection(tmp_path: Path, clock: Clock) -> None:
    """A statement that fails at opening closes the store again."""
    closed = []

    class Watched(SqliteStore):
        def close(self) -> None:
            closed.append(self.path)
            super().close()

    cell = PlanCell("broken", "It fails.", on_open="SELECT nonsense")
    with pytest.raises(Exception, match="nonsense"):
        cell_store(tmp_path / "x.db", cell, make=Watched, clock=clock)
    assert closed == [tmp_path / "x.db"]
