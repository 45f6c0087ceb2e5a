"""Every defect that is an entry of a table, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.archive_table import ARCHIVES
from pytest_stigmer.defects.name_queries import LIMITS, NAMES
from pytest_stigmer.defects.omitted_rules import OMITTED
from pytest_stigmer.defects.ordering_queries import ORDERING
from pytest_stigmer.defects.record_queries import LIFECYCLE
from pytest_stigmer.defects.schema_changes import MIGRATION, SCHEMA
from pytest_stigmer.defects.skill_table import IDENTITIES, REFERENCES, REFUSALS
from pytest_stigmer.defects.snapshot_queries import HISTORY, RESOLUTION
from pytest_stigmer.defects.verb_stores import HISTORY_STORES, KINDS, NAME_STORES, TRANSACTIONS
from pytest_stigmer.defects.version_table import RECORDS, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_stigmer.defects.change import Row

TABLES: Mapping[str, tuple[Row, ...]] = {
    "artifacts": ARCHIVES + OMITTED + VERSIONS,
    "history": HISTORY + HISTORY_STORES,
    "identity": IDENTITIES,
    "kinds": KINDS,
    "lifecycle": LIFECYCLE,
    "limits": LIMITS,
    "migration": MIGRATION,
    "names": NAMES + NAME_STORES,
    "ordering": ORDERING,
    "push": RECORDS,
    "resolution": (*RESOLUTION, *REFERENCES),
    "schema": SCHEMA,
    "transactions": TRANSACTIONS,
    "validation": REFUSALS,
}
