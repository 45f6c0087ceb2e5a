"""Every defect that is nothing but data, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.name_queries import LIMITS, NAMES
from pytest_stigmer.defects.ordering_queries import ORDERING
from pytest_stigmer.defects.record_queries import LIFECYCLE
from pytest_stigmer.defects.schema_changes import SCHEMA
from pytest_stigmer.defects.snapshot_queries import HISTORY, RESOLUTION
from pytest_stigmer.defects.verb_stores import HISTORY_STORES, KINDS, NAME_STORES, TRANSACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_stigmer.defects.change import Exchange

TABLES: Mapping[str, tuple[Exchange, ...]] = {
    "history": HISTORY + HISTORY_STORES,
    "kinds": KINDS,
    "lifecycle": LIFECYCLE,
    "limits": LIMITS,
    "names": NAMES + NAME_STORES,
    "ordering": ORDERING,
    "resolution": RESOLUTION,
    "schema": SCHEMA,
    "transactions": TRANSACTIONS,
}
