"""Every defect that is an entry of a table, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.archive_table import ARCHIVES
from pytest_stigmer.defects.edge_queries import (
    EDGES_OF_HISTORY,
    EDGES_OF_KINDS,
    EDGES_OF_NAMES,
    EDGES_OF_RECORDS,
    EDGES_OF_SIZE,
)
from pytest_stigmer.defects.edge_skills import (
    EDGES_OF_ARTIFACTS,
    EDGES_OF_IDENTITIES,
    EDGES_OF_MESSAGES,
    EDGES_OF_RECORDS_PUSHED,
    EDGES_OF_REFERENCES,
)
from pytest_stigmer.defects.edge_stores import EDGES_OF_MIGRATION, EDGES_OF_TRANSACTIONS
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
    "artifacts": ARCHIVES + OMITTED + VERSIONS + EDGES_OF_ARTIFACTS,
    "history": HISTORY + HISTORY_STORES + EDGES_OF_HISTORY,
    "identity": IDENTITIES + EDGES_OF_IDENTITIES,
    "kinds": KINDS + EDGES_OF_KINDS,
    "lifecycle": LIFECYCLE + EDGES_OF_RECORDS,
    "limits": LIMITS + EDGES_OF_SIZE,
    "migration": MIGRATION + EDGES_OF_MIGRATION,
    "names": NAMES + NAME_STORES + EDGES_OF_NAMES,
    "ordering": ORDERING,
    "push": RECORDS + EDGES_OF_RECORDS_PUSHED,
    "resolution": (*RESOLUTION, *REFERENCES, *EDGES_OF_REFERENCES),
    "schema": SCHEMA,
    "transactions": TRANSACTIONS + EDGES_OF_TRANSACTIONS,
    "validation": REFUSALS + EDGES_OF_MESSAGES,
}
