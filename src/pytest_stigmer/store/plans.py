"""Query plans: an ordering defect shows or hides depending on the index that SQLite picks.

Each cell is a scratch file that makes SQLite answer the audit reads in another way. Only `v2` has
the schema that the real server knows; the others never leave the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self, cast

from pytest_stigmer.clock import Clock, SystemClock
from pytest_stigmer.store.schema import AUDIT_INDEXES
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import clone

_SYSTEM_CLOCK = SystemClock()
_AUDIT_READS = frozenset({"get_audit_by_hash", "get_audit_by_tag", "list_audit_history"})
_PARAMETERS = {"kind": "", "id": "", "data": b"", "hash": "", "tag": "", "prefix": "", "end": b""}


@dataclass(frozen=True)
class PlanCell:
    """One way to make SQLite plan: statements at creation, at opening, before every audit read."""

    name: str
    why: str
    ddl: tuple[str, ...] = ()
    on_open: str = ""
    before_read: str = ""


def _without(*names: str) -> tuple[str, ...]:
    return tuple(f"DROP INDEX {name}" for name in names)


def _instead(*columns: str) -> tuple[str, ...]:
    created = (
        f"CREATE INDEX idx_plan_{number} ON resource_audit ({text})"
        for number, text in enumerate(columns)
    )
    return (*_without(*AUDIT_INDEXES), *created)


def _only(name: str) -> PlanCell:
    others = (other for other in AUDIT_INDEXES if other != name)
    return PlanCell(
        name=f"only-{name.removeprefix('idx_audit_')}-index",
        why=f"Rows come through {name}, whichever lookup asks.",
        ddl=_without(*others),
    )


PLAN_CELLS = (
    PlanCell("v2", "The indexes of the real schema."),
    PlanCell("no-index", "Rows come in insertion order.", ddl=_without(*AUDIT_INDEXES)),
    *map(_only, AUDIT_INDEXES),
    PlanCell(
        "ascending",
        "Indexes end in archived_at ascending: read backwards, ties come newest first.",
        ddl=_instead(
            "kind, resource_id, archived_at",
            "kind, resource_id, tag, archived_at",
            "kind, resource_id, version_hash, archived_at",
        ),
    ),
    PlanCell(
        "descending",
        "Indexes end in archived_at descending: read forwards, ties come oldest first.",
        ddl=_instead(
            "kind, resource_id, archived_at DESC",
            "kind, resource_id, tag, archived_at DESC",
            "kind, resource_id, version_hash, archived_at DESC",
        ),
    ),
    PlanCell(
        "covering",
        "The index holds the blob too: ties come in the order of the contents.",
        ddl=_instead("kind, resource_id, tag, version_hash, archived_at DESC, data"),
    ),
    PlanCell("analyzed", "Statistics are fresh: SQLite picks by counts.", before_read="ANALYZE"),
    PlanCell(
        "archived-out-of-order",
        "archived_at runs against the order of insertion, as after a clock that stepped back.",
        before_read=(
            "UPDATE resource_audit SET archived_at = datetime('2000-01-01', '-' || id || ' hours')"
        ),
    ),
    PlanCell(
        "reverse-unordered-selects",
        "SQLite turns every order around that a query does not ask for.",
        on_open="PRAGMA reverse_unordered_selects=ON",
    ),
)
"""The plan matrix; the first cell is the real schema."""


def plan_cell(name: str) -> PlanCell:
    """Return the cell of this name; raise KeyError for an unknown one."""
    return {cell.name: cell for cell in PLAN_CELLS}[name]


def cell_store(
    path: str | PathLike[str],
    cell: PlanCell,
    *,
    make: Callable[..., SqliteStore] = SqliteStore,
    clock: Clock = _SYSTEM_CLOCK,
    **options: Any,
) -> SqliteStore:
    """Make a new scratch file for a cell and open it with `make`, which gets the options.

    `make` is SqliteStore, a subclass, or anything that is called like it.
    """
    clone(path, clock=clock, ddl=cell.ddl)
    return in_cell(make(path, clock=clock, **options), cell)


def in_cell(store: SqliteStore, cell: PlanCell) -> SqliteStore:
    """Return an open store that plans as the cell says, on a file that has the cell's indexes."""
    try:
        if cell.on_open:
            store.execute(cell.on_open)
    except BaseException:
        store.close()
        raise
    return cast("SqliteStore", _Prepared(store, cell.before_read)) if cell.before_read else store


class _Prepared:
    """A store that runs a statement before every audit read; all else goes straight through."""

    def __init__(self, store: SqliteStore, statement: str) -> None:
        self._store = store
        self._statement = statement

    def __getattr__(self, name: str) -> Any:
        if name in _AUDIT_READS:
            self._store.execute(self._statement)
        return getattr(self._store, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()


def explain(store: SqliteStore, query: str) -> str:
    """Return the SQL of a query and SQLite's plan for it on this store, one line per plan node.

    `query` is the name of a field of `Queries`, such as `audit_by_tag`.
    """
    sql = getattr(store.queries, query)
    nodes = store.execute(f"EXPLAIN QUERY PLAN {sql}", _PARAMETERS)
    return "\n".join([sql, *(f"  {detail}" for *_, detail in nodes)])
