"""The one table of verbs: the schema, the loader's defaults, the dispatch and the reference page.

A verb that is added here is in the language; a target performs it as soon as it has its method.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario import vocabulary as of
from pytest_stigmer.scenario.api_words import NO_HASH, STORED_KEY
from pytest_stigmer.scenario.vocabulary import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_stigmer.scenario.vocabulary import Argument, Shape

_SKILL = {"id": "${one.metadata.id}"}
_RECORD = {"id": "skl-1"}
_HISTORY = {"resource_id": "skl-1"}
_MESSAGE = {"message": {"spec.skill_md": "# one"}}
_OLD_ROW = {"id": "skl-1", "message": {"spec.tag": "v1"}}


def _store(
    name: str,
    shape: Shape,
    text: str,
    *taken: Argument,
    example: Any,
    harmful: bool = False,
) -> Verb:
    return Verb(name, "store", shape, text, (of.KIND, *taken), example, harmful=harmful)


def _fault(name: str, text: str, *taken: Argument, example: Any = None) -> Verb:
    return Verb(name, "faults", "nothing", text, taken, example or {}, harmful=True)


_TABLE = (
    Verb(
        "push",
        "skills",
        "skill",
        "Push a skill: build a ZIP from `skill_md` and `files` (equal content gives equal bytes) "
        "or send `artifact`.",
        (of.NAME, of.ORG, of.SCOPE, of.TAG, of.SKILL_MD, of.FILES, of.ARTIFACT),
        {"name": "Calculator", "tag": "stable", "skill_md": "# one"},
    ),
    Verb("get", "skills", "skill", "Get a skill's current version by id.", (of.SKILL_ID,), _SKILL),
    Verb(
        "get_by_reference",
        "skills",
        "skill",
        "Resolve a reference to one version of a skill.",
        (of.SLUG, of.ORG, of.SCOPE, of.KIND_REFERRED, of.VERSION),
        {"slug": "calculator", "version": "stable"},
    ),
    Verb(
        "get_artifact",
        "skills",
        "artifact",
        "Fetch an artifact; the answer has `artifact` (base64), `sha256` and `size`.",
        (of.KEY,),
        {"key": STORED_KEY},
    ),
    Verb(
        "delete",
        "skills",
        "skill",
        "Delete a skill; the answer is the deleted record.",
        (of.SKILL_ID,),
        _SKILL,
    ),
    _store(
        "save_resource",
        "nothing",
        "Insert or replace a live record.",
        *(of.ID, of.STORED),
        example=_RECORD | _MESSAGE,
    ),
    _store("get_resource", "skill", "Get a live record.", of.ID, example=_RECORD),
    _store(
        "list_resources",
        "skills",
        "List the live records of a kind, by id.",
        example={"kind": "agent"},
    ),
    _store(
        "delete_resource",
        "nothing",
        "Delete a live record if there is one.",
        of.ID,
        example=_RECORD,
    ),
    _store(
        "delete_resources_by_kind",
        "count",
        "Delete all live records of a kind; the answer is their number.",
        example={"kind": "agent"},
        harmful=True,
    ),
    _store(
        "delete_resources_by_id_prefix",
        "count",
        "Delete the live records whose id starts with a text; the answer is their number.",
        of.PREFIX,
        example={"prefix": "tmp-"},
        harmful=True,
    ),
    _store(
        "save_audit",
        "nothing",
        "Append an audit record to the history of a resource.",
        *(of.RESOURCE_ID, of.STORED, of.HASH, of.TAG),
        example=_HISTORY | _MESSAGE | {"tag": "stable"},
    ),
    _store(
        "get_audit_by_hash",
        "skill",
        "Get the newest audit record with a version hash.",
        *(of.RESOURCE_ID, of.BY_HASH),
        example=_HISTORY | {"version_hash": NO_HASH},
    ),
    _store(
        "get_audit_by_tag",
        "skill",
        "Get the newest audit record with a tag.",
        *(of.RESOURCE_ID, of.BY_TAG),
        example=_HISTORY | {"tag": "stable"},
    ),
    _store(
        "list_audit_history",
        "skills",
        "List the audit records of a resource, newest first.",
        of.RESOURCE_ID,
        example=_HISTORY,
    ),
    _store(
        "delete_audit_by_resource_id",
        "count",
        "Delete the audit records of a resource; the answer is their number.",
        of.RESOURCE_ID,
        example=_HISTORY,
    ),
    Verb(
        "transaction",
        "transactions",
        "nothing",
        "Steps that are one unit; `ends: rolled_back` undoes them all.",
        (of.STEPS,),
        [{"delete_resource": _RECORD}],
        bare="steps",
    ),
    Verb(
        "together",
        None,
        "nothing",
        "Steps of several callers at once, each with what it `returns` or how it `fails` in every "
        "order that is allowed.",
        (of.STEPS,),
        [{"push": {"name": "Calculator"}}, {"push": {"name": "Calculator"}}],
        bare="steps",
    ),
    Verb(
        "close",
        "reopen",
        "nothing",
        "Close the store; later verbs meet a closed store until `reopen`.",
        (),
        {},
    ),
    Verb(
        "reopen",
        "reopen",
        "nothing",
        "Close the store and open its file again, as a restarted server does.",
        (),
        {},
    ),
    Verb(
        "advance",
        "clock",
        "nothing",
        "Move the clock by a duration: a number and a unit (us ms s m h d), `-` for backwards.",
        (of.DURATION,),
        "300ms",
        bare="duration",
    ),
    Verb(
        "set_clock",
        "clock",
        "nothing",
        "Move the clock to an instant, earlier or later: ISO 8601 with a zone.",
        (of.INSTANT,),
        "2026-01-25T10:00:00.100Z",
        bare="instant",
    ),
    Verb(
        "set_timezone",
        "clock",
        "nothing",
        "Let the process live in another time zone; instants stay what they are.",
        (of.ZONE,),
        "Asia/Kolkata",
        bare="zone",
    ),
    _fault(
        "crash_after",
        "Let the next step end as if the process had died right after its Nth statement that "
        "writes; the file is then opened again. That step fails with UNAVAILABLE.",
        of.STATEMENT,
        example={"statement": 1},
    ),
    _fault(
        "abort_writes",
        "Make every write of one sort to a table fail, by a trigger that the store does not know "
        "of.",
        *(of.TABLE, of.ON),
        example={"table": "resource_audit", "on": "delete"},
    ),
    _fault("allow_writes", "Undo every `abort_writes`."),
    _fault("lock", "Hold the file's write lock from another connection until `unlock`."),
    _fault("unlock", "Give back the lock that `lock` took."),
    _fault(
        "corrupt_row",
        "Overwrite the message of a stored row with bytes that do not decode.",
        *(of.TABLE, of.KIND, of.ID, of.ROW),
        example={"table": "resources", "id": "skl-1"},
    ),
    _fault(
        "set_archived_at",
        "Overwrite the time of an audit row, as a wrong clock or another writer would have "
        "written it.",
        *(of.KIND, of.RESOURCE_ID, of.ROW, of.ARCHIVED_AT),
        example={"resource_id": "skl-1", "row": 1, "archived_at": "2026-01-25 09:00:00"},
    ),
    _fault(
        "set_schema_version",
        "Add a row to the file's version table, as another release would have.",
        of.SCHEMA_VERSION,
        example={"version": 3},
    ),
    _fault(
        "open_legacy",
        "Replace the file by one of an older release with these rows, and open it, which migrates "
        "it.",
        *(of.LEGACY_SCHEMA, of.LEGACY_ROWS),
        example={"rows": [_OLD_ROW]},
    ),
    _fault(
        "write_artifact",
        "Write a file below the artifact root, past the API.",
        *(of.KEY, of.WRITTEN),
        example={"key": STORED_KEY, "content": "junk"},
    ),
    Verb(
        "list_artifacts",
        "files",
        "keys",
        "List the storage keys of all artifacts on disk, sorted.",
        (),
        {},
    ),
    Verb(
        "stat_artifact",
        "files",
        "file",
        "Look at a file below the artifact root: its `mode` in octal and its `size`.",
        (of.KEY,),
        {"key": STORED_KEY},
    ),
    Verb(
        "rows",
        "files",
        "rows",
        "Read the rows of a table as they are stored, in the order of their keys.",
        (of.STORED_TABLE, *of.COLUMNS),
        {"table": "resource_audit", "tag": "stable"},
    ),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}
"""All verbs by name."""


def is_harmful(verb: str, arguments: Mapping[str, Any]) -> bool:
    """Tell whether a verb with these arguments could damage a server that others use.

    A key that leaves the storage may open the database, and closing it drops the server's locks.
    """
    key = arguments.get("key", "") if verb == "get_artifact" else ""
    leaves = key.startswith("/") or ".." in PurePosixPath(key.replace("\\", "/")).parts
    return VERBS[verb].harmful or leaves
