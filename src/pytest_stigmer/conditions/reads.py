"""What can be asked about a call: whoever reads before and after can tell that nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_stigmer.scenario.target import Call
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.skills.controller import slug_of

READS = frozenset(
    {"get", "get_by_reference", "get_artifact", "get_resource", "list_resources"}
    | {"get_audit_by_hash", "get_audit_by_tag", "list_audit_history"}
)
"""The verbs that change nothing."""


def is_of_registry(verb: str) -> bool:
    """Whether a verb is one that callers of a registry have."""
    return VERBS[verb].needs in ("skills", "store")


def reads_of(call: Call, value: Any = None) -> Iterator[Call]:
    """Yield what tells whether a call was made; `value` is its answer, where it has one."""
    given = call.arguments
    kind = {"kind": given["kind"]} if "kind" in given else {}
    if call.verb in READS:
        yield call
    elif call.verb == "push":
        yield from _of_push(given, value)
    elif call.verb == "delete":
        yield Call("get", {"id": given["id"]})
    elif "resource_id" in given and "row" not in given:
        record = {"resource_id": given["resource_id"], **kind}
        yield Call("list_audit_history", record)
        yield Call("get_audit_by_tag", {**record, "tag": given.get("tag", "")})
        yield Call("get_audit_by_hash", {**record, "version_hash": given.get("version_hash", "")})
    elif call.verb in ("save_resource", "delete_resource"):
        yield Call("get_resource", {"id": given["id"], **kind})
        yield Call("list_resources", kind)
    elif call.verb.startswith("delete_resources_"):
        yield Call("list_resources", kind)


def _of_push(given: Any, value: Any) -> Iterator[Call]:
    reference = {"slug": slug_of(given["name"]), "org": given.get("org", "")}
    versions = ["", given.get("tag", "")]
    if value:
        versions.append(value["status"]["version_hash"])
        yield Call("get", {"id": value["metadata"]["id"]})
        yield Call("get_artifact", {"key": value["status"]["artifact_storage_key"]})
    for version in dict.fromkeys(versions):
        yield Call("get_by_reference", {**reference, "version": version})
