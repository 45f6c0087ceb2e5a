"""A project's own store on PostgreSQL, by way of SQLAlchemy, and wrong copies of it."""

from __future__ import annotations

from typing import Any

from ledger import Ledger, WrongLedger
from sqlalchemy import Engine, create_engine

INDEX = "CREATE INDEX IF NOT EXISTS by_time ON snapshots (kind, resource_id, archived_at)"


class Depot(Ledger):
    """Keeps serialized messages in two tables of a server; its `path` is the server's URL."""

    settings: tuple[str, ...] = ()

    def __init__(self, *place: Any) -> None:
        super().__init__(*place)
        with self.engine.begin() as connection:
            connection.exec_driver_sql(INDEX)

    def _engine(self) -> Engine:
        settings = ("lock_timeout=2s", *self.settings)
        options = " ".join(f"-c {setting}" for setting in settings)
        return create_engine(str(self.path), connect_args={"options": options})


class WrongDepot(Depot, WrongLedger):
    """Newest is what was stamped last, to the second: which of several that is, the plan says."""

    settings = ("enable_indexscan=off", "enable_bitmapscan=off")


class WrongParallelDepot(WrongDepot):
    """Several processes gather the snapshots."""

    settings = (
        *WrongDepot.settings,
        "parallel_setup_cost=0",
        "parallel_tuple_cost=0",
        "min_parallel_table_scan_size=0",
    )


class WrongIndexedDepot(WrongDepot):
    """The index, walked from its end, gives the snapshots of one second newest first."""

    settings = ("enable_seqscan=off", "enable_bitmapscan=off", "enable_sort=off")
