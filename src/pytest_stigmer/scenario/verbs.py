"""Every verb a step can have: what a target must offer for it and what shape its answer has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Capability = Literal["skills", "store", "clock", "faults"]
Shape = Literal["skill", "skills", "artifact", "count", "keys", "nothing"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the language.

    `needs` is the capability a target must have. `shape` is the answer's: one Skill, a list of
    Skills, an artifact, a number, a list of storage keys, or nothing. A verb written as a bare
    value (`advance: 300ms`) names in `bare` the argument that the value becomes.
    """

    name: str
    needs: Capability
    shape: Shape
    bare: str | None = None


def _table(needs: Capability, shapes: dict[str, Shape]) -> dict[str, Verb]:
    return {name: Verb(name, needs, shape) for name, shape in shapes.items()}


VERBS: dict[str, Verb] = {
    **_table(
        "skills",
        {
            "push": "skill",
            "get": "skill",
            "get_by_reference": "skill",
            "get_artifact": "artifact",
            "delete": "skill",
        },
    ),
    **_table(
        "store",
        {
            "save_resource": "nothing",
            "get_resource": "skill",
            "list_resources": "skills",
            "delete_resource": "nothing",
            "delete_resources_by_kind": "count",
            "delete_resources_by_id_prefix": "count",
            "save_audit": "nothing",
            "get_audit_by_hash": "skill",
            "get_audit_by_tag": "skill",
            "list_audit_history": "skills",
            "delete_audit_by_resource_id": "count",
            "close": "nothing",
            "reopen": "nothing",
        },
    ),
    "advance": Verb("advance", "clock", "nothing", bare="duration"),
    "set_clock": Verb("set_clock", "clock", "nothing", bare="instant"),
    **_table(
        "faults",
        {
            "crash_after": "nothing",
            "abort_writes": "nothing",
            "allow_writes": "nothing",
            "lock": "nothing",
            "unlock": "nothing",
            "corrupt_row": "nothing",
            "set_archived_at": "nothing",
            "set_schema_version": "nothing",
            "open_legacy": "nothing",
            "write_artifact": "nothing",
            "list_artifacts": "keys",
        },
    ),
}
"""All verbs by name; the schema's steps take exactly these (held by a test)."""
