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
from pytest_stigmer.defects.long_use import (
    AGED_RECORDS,
    AGED_STAMPS,
    AGING,
    GROWN_FILES,
    LOCKED,
    NUMBERS,
    SHARED_MESSAGES,
)
from pytest_stigmer.defects.lost_parts import (
    PARTS_DELETED,
    PARTS_OF_INDEXES,
    PARTS_OF_RECORDS,
    PARTS_OF_REFERENCES,
    UNSEEN_IN_IDENTITIES,
    UNSEEN_IN_INSTRUCTIONS,
)
from pytest_stigmer.defects.name_queries import LIMITS, NAMES
from pytest_stigmer.defects.near_contents import NEAR_INSTRUCTIONS, NEAR_KEYS, NEAR_RECORDS
from pytest_stigmer.defects.near_texts import (
    NEAR_CHECKSUMS,
    NEAR_HASHES,
    NEAR_IDENTITIES,
    NEAR_STAMPS,
    NEAR_TAGS,
    NEAR_VERSIONS,
    RESERVED_WORDS,
)
from pytest_stigmer.defects.odd_files import (
    FAILED_WRITES,
    ODD_IDS,
    ODD_NUMBERS,
    ODD_OLD_ROWS,
    ODD_SIZES,
    ODD_TIMES,
    RESIGNED,
)
from pytest_stigmer.defects.omitted_rules import OMITTED
from pytest_stigmer.defects.one_process import OWN_RECORDS, OWN_SKILLS, OWN_TAGS
from pytest_stigmer.defects.ordering_queries import ORDERING
from pytest_stigmer.defects.record_queries import LIFECYCLE
from pytest_stigmer.defects.remembered import (
    REMEMBERED_ARTIFACTS,
    REMEMBERED_NAMES,
    REMEMBERED_RECORDS,
    REMEMBERED_SNAPSHOTS,
    REMEMBERED_TAGS,
    REMEMBERED_TRANSACTIONS,
)
from pytest_stigmer.defects.schema_changes import MIGRATION, SCHEMA
from pytest_stigmer.defects.skill_table import IDENTITIES, REFERENCES, REFUSALS
from pytest_stigmer.defects.snapshot_queries import HISTORY, RESOLUTION
from pytest_stigmer.defects.verb_stores import HISTORY_STORES, KINDS, NAME_STORES, TRANSACTIONS
from pytest_stigmer.defects.version_table import RECORDS, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_stigmer.defects.change import Row

TABLES: Mapping[str, tuple[Row, ...]] = {
    "artifacts": (
        *(*ARCHIVES, *OMITTED, *VERSIONS, *EDGES_OF_ARTIFACTS, *NEAR_INSTRUCTIONS),
        *(*NEAR_CHECKSUMS, *UNSEEN_IN_INSTRUCTIONS, *REMEMBERED_ARTIFACTS, *ODD_SIZES, *NEAR_KEYS),
    ),
    "delete": PARTS_DELETED,
    "history": (
        *(*HISTORY, *HISTORY_STORES, *EDGES_OF_HISTORY, *AGING),
        *(*REMEMBERED_SNAPSHOTS, *ODD_TIMES),
    ),
    "identity": (
        *(*IDENTITIES, *EDGES_OF_IDENTITIES, *NEAR_IDENTITIES, *RESERVED_WORDS),
        *(*UNSEEN_IN_IDENTITIES, *PARTS_OF_INDEXES, *OWN_SKILLS),
    ),
    "kinds": KINDS + EDGES_OF_KINDS,
    "lifecycle": (
        *(*LIFECYCLE, *EDGES_OF_RECORDS, *AGED_RECORDS, *SHARED_MESSAGES),
        *(*REMEMBERED_RECORDS, *FAILED_WRITES, *OWN_RECORDS),
    ),
    "limits": LIMITS + EDGES_OF_SIZE + NUMBERS + ODD_NUMBERS,
    "migration": MIGRATION + EDGES_OF_MIGRATION + GROWN_FILES + ODD_OLD_ROWS,
    "names": NAMES + NAME_STORES + EDGES_OF_NAMES + REMEMBERED_NAMES + ODD_IDS,
    "opening": LOCKED + RESIGNED,
    "ordering": ORDERING,
    "push": (
        *(*RECORDS, *EDGES_OF_RECORDS_PUSHED, *AGED_STAMPS, *NEAR_STAMPS, *PARTS_OF_RECORDS),
        *NEAR_RECORDS,
    ),
    "resolution": (
        *(*RESOLUTION, *REFERENCES, *EDGES_OF_REFERENCES, *NEAR_TAGS, *NEAR_VERSIONS),
        *(*REMEMBERED_TAGS, *PARTS_OF_REFERENCES, *OWN_TAGS),
    ),
    "schema": SCHEMA,
    "transactions": TRANSACTIONS + EDGES_OF_TRANSACTIONS + REMEMBERED_TRANSACTIONS,
    "validation": REFUSALS + EDGES_OF_MESSAGES + NEAR_HASHES,
}
