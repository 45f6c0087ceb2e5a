"""The SQL of an inspection; `:id` is the id of any audit record of the history or tag asked about.

A key is looked up through a record's id, so that a kind, an id or a tag that is no valid UTF-8 need
not pass through Python.
"""

from __future__ import annotations

OBJECTS = "SELECT name FROM sqlite_master"
VERSION = "SELECT coalesce(max(version), 0) FROM schema_version"
INDEX_COLUMNS = "SELECT name, desc FROM pragma_index_xinfo(:name) WHERE key"
KEYS = "SELECT kind, resource_id, tag FROM resource_audit WHERE id = :id"
KINDS = "SELECT kind, count(*) FROM resources GROUP BY kind"
AUDIT_KINDS = (
    "SELECT kind, count(*), count(DISTINCT resource_id), sum(coalesce(tag, '') <> '') "
    "FROM resource_audit GROUP BY kind"
)
ORPHANS = (
    "SELECT kind, resource_id, count(*) FROM resource_audit AS a GROUP BY kind, resource_id "
    "HAVING NOT EXISTS "
    "(SELECT 1 FROM resources AS r WHERE r.kind = a.kind AND r.id = a.resource_id)"
)
LEGACY = "SELECT kind, id FROM resources WHERE instr(id, '_audit/') > 0"

# In the order of the clock and, within a second, of insertion: a record of the same second as the
# one before is a tie, an id that falls is a step back of the clock.
SUMMED = """
SELECT kind, resource_id, max(id) AS newest, count(*) AS records, sum(tied) AS ties,
    sum(back) AS steps_back
FROM (
    SELECT kind, resource_id, id,
        coalesce(archived_at = lag(archived_at) OVER w, 0) AS tied,
        coalesce(id < lag(id) OVER w, 0) AS back
    FROM resource_audit {where}
    WINDOW w AS (PARTITION BY kind, resource_id ORDER BY archived_at, id)
) GROUP BY kind, resource_id"""
NOTE_AT_RISK = (
    f"CREATE TEMP TABLE at_risk AS {SUMMED.format(where='')} HAVING sum(tied) + sum(back) > 0"
)
AT_RISK = "SELECT * FROM at_risk ORDER BY kind, resource_id"

# The first row of each tag is the answer with the tiebreak; it is at risk if the second row has the
# same second, or if a row of an earlier second was inserted later. A tag can only be at risk in a
# history that is, and these are few in most files: CROSS JOIN keeps them the outer loop.
TAGS_AT_RISK = """
SELECT inserted FROM (
    SELECT a.kind, a.resource_id, a.tag, a.id, a.archived_at,
        row_number() OVER w AS place,
        lead(a.archived_at) OVER w AS next,
        max(a.id) OVER (PARTITION BY a.kind, a.resource_id, a.tag) AS inserted
    FROM at_risk CROSS JOIN resource_audit AS a
        ON a.kind = at_risk.kind AND a.resource_id = at_risk.resource_id
    WHERE a.tag <> ''
    WINDOW w AS (PARTITION BY a.kind, a.resource_id, a.tag ORDER BY a.archived_at DESC, a.id DESC)
) WHERE place = 1 AND (next = archived_at OR inserted <> id) ORDER BY kind, resource_id, tag"""

HISTORIES = (
    "SELECT kind, resource_id, max(id), count(*), 0, 0 FROM resource_audit "
    "GROUP BY kind, resource_id ORDER BY kind, resource_id LIMIT :limit"
)
OF_RESOURCE = SUMMED.format(where="WHERE resource_id = CAST(:id AS TEXT)")

OF = (
    "FROM resource_audit WHERE kind = (SELECT kind FROM resource_audit WHERE id = :id) "
    "AND resource_id = (SELECT resource_id FROM resource_audit WHERE id = :id)"
)
OF_TAG = f"{OF} AND tag = (SELECT tag FROM resource_audit WHERE id = :id)"
RECORD = "SELECT id, archived_at, version_hash, tag"
BY_ID = f"{RECORD} FROM resource_audit WHERE id = :id"
NEWEST_RECORDS = f"{RECORD} {OF} ORDER BY id DESC LIMIT :limit"
NEWEST_TAGS = (
    f"SELECT max(id) AS newest {OF} AND tag <> '' GROUP BY tag ORDER BY newest DESC LIMIT :limit"
)
TAGS = f"SELECT count(DISTINCT tag) {OF} AND tag <> ''"
IS_LIVE = (
    "SELECT EXISTS (SELECT 1 FROM resources AS r JOIN resource_audit AS a "
    "ON r.kind = a.kind AND r.id = a.resource_id WHERE a.id = :id)"
)
WITH_TIEBREAK = f"{RECORD} {OF_TAG} ORDER BY archived_at DESC, id DESC LIMIT 1"
# The blob is asked for as a server asks for it: an index that covers the query would change the
# plan, and with it the answer.
WITHOUT_TIEBREAK = f"{RECORD}, data {OF_TAG} ORDER BY archived_at DESC LIMIT 1"
TIED = f"SELECT count(*) {OF_TAG} AND archived_at = (SELECT max(archived_at) {OF_TAG})"
