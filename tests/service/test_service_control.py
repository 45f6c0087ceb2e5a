"""The control API: what a suite in another process may do to a namespace."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.compile_set import compile_protos
from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.control_api import PROTO_ROOT, read_control_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.factories.factory import Factory

API = load("bundled")


def id_of(skill: Any) -> Any:
    """Return the request that names a skill."""
    return API.SkillId(value=skill.metadata.id)


@pytest.fixture
def push(stigmer_factory: Factory) -> Callable[..., Any]:
    """Give a function that pushes a skill for a client."""

    def push_by(client: Any, **fields: Any) -> Any:
        request = stigmer_factory.push_request(**{"name": "Calculator", **fields})
        return client.skills.push(API.PushSkillRequest.FromString(request.SerializeToString()))

    return push_by


def test_the_compiled_set_is_of_the_shipped_source() -> None:
    """The .proto file and its compiled form say the same."""
    assert compile_protos(PROTO_ROOT) == read_control_set().SerializeToString()


def test_namespaces_do_not_see_each_other(
    steered: Callable[..., Any], push: Callable[..., Any]
) -> None:
    """A skill, a fault and a clock of one namespace are nothing to another."""
    one, two = steered("one"), steered("two")
    pushed = push(one)
    one.control.call("InjectFault", code="UNAVAILABLE", times=-1)
    one.move("1h")
    with pytest.raises(StatusError, match="NOT_FOUND"):
        two.skills.get(id_of(pushed))
    assert two.control.call("GetClock").instant == "2026-01-25T10:00:00.100000Z"
    assert one.control.call("GetClock").instant == "2026-01-25T11:00:00.100000Z"


def test_reset_starts_a_namespace_anew(
    steered: Callable[..., Any], push: Callable[..., Any]
) -> None:
    """Skills, artifacts, faults, calls and the moved clock are gone."""
    client = steered("one")
    client.control.call("InjectFault", times=-1, code="ABORTED", details="later")
    with pytest.raises(StatusError, match="ABORTED: later"):
        push(client)
    client.control.call("ClearFaults")
    pushed = push(client)
    client.move("1h")
    client.control.call("InjectFault", code="UNAVAILABLE", on_call=9)
    client.control.call("Reset")
    assert client.control.call("ListCalls").calls == []
    with pytest.raises(StatusError, match="NOT_FOUND: Skill not found"):
        client.skills.get(id_of(pushed))
    key = API.GetArtifactRequest(artifact_storage_key=pushed.status.artifact_storage_key)
    with pytest.raises(StatusError, match="NOT_FOUND"):
        client.skills.get_artifact(key)
    assert client.control.call("GetClock").instant == "2026-01-25T10:00:00.100000Z"
    for _ in range(9):
        push(client)


def test_a_snapshot_is_put_back_as_often_as_wanted(
    steered: Callable[..., Any], push: Callable[..., Any]
) -> None:
    """Restore brings back the record, its history and its artifact, not what came later."""
    client = steered()
    first = push(client, tag="stable")
    snapshot = client.control.call("Snapshot").value
    reference = API.ApiResourceReference(slug="calculator", version="stable")
    key = API.GetArtifactRequest(artifact_storage_key=first.status.artifact_storage_key)
    for name in ("Later", "Calculator"):
        later = push(client, name=name, tag="stable")
        client.skills.delete(id_of(first) if name == "Later" else id_of(later))
        client.control.call("Restore", value=snapshot)
        assert client.skills.get_by_reference(reference) == first
        assert client.skills.get_artifact(key).artifact
        with pytest.raises(StatusError, match="NOT_FOUND"):
            client.skills.get_by_reference(API.ApiResourceReference(slug="later"))


def test_an_unknown_snapshot_is_not_found(steered: Callable[..., Any]) -> None:
    """The refusal names the id."""
    with pytest.raises(StatusError, match="NOT_FOUND: no snapshot '7' was taken"):
        steered().control.call("Restore", value="7")


def test_the_clock_stands_moves_and_runs_again(
    steered: Callable[..., Any], push: Callable[..., Any]
) -> None:
    """A set instant is what records carry; the empty one lets the clock run with the system's."""
    client = steered("one")
    client.control.call("SetClock", value="2030-01-01T00:00:00Z")
    client.move("1m30s")
    created = push(client).status.audit.spec_audit.created_at.ToDatetime()
    assert created == dt.datetime(2030, 1, 1, 0, 1, 30)  # noqa: DTZ001 - protobuf's is naive
    assert not client.control.call("SetClock", value="").frozen
    with pytest.raises(StatusError, match="FAILED_PRECONDITION: this clock runs"):
        client.move("1s")


@pytest.mark.parametrize(
    ("method", "fields", "text"),
    [
        ("SetClock", {"value": "soon"}, "'soon' is not an instant"),
        ("AdvanceClock", {"value": "a while"}, "'a while' is not a duration"),
        (
            "AdvanceClock",
            {"value": "9999999d"},
            "9999999d from 2026-01-25 .* leads outside the years 1 to 9999",
        ),
        ("AdvanceClock", {"value": "-9999999d"}, "-9999999d from .* outside the years"),
        ("InjectFault", {"on_call": -1}, "on_call is -1"),
        ("InjectFault", {"latency": "long"}, "'long' is not a duration"),
    ],
)
def test_what_cannot_be_followed_is_an_invalid_argument(
    steered: Callable[..., Any], method: str, fields: dict[str, Any], text: str
) -> None:
    """The refusal says what is wrong with the value."""
    with pytest.raises(StatusError, match=f"INVALID_ARGUMENT: {text}"):
        steered().control.call(method, **fields)


def test_latency_shows_in_the_call_log(
    steered: Callable[..., Any], push: Callable[..., Any]
) -> None:
    """The log has every call with status, sizes, instant and real duration, oldest first."""
    client = steered()
    client.control.call("InjectFault", latency="30ms")
    pushed = push(client)
    client.move("1s")
    with pytest.raises(StatusError):
        client.skills.get(API.SkillId(value="skl-1"))
    push_call, get_call = client.control.call("ListCalls").calls
    assert push_call.milliseconds >= 30 > get_call.milliseconds
    assert (push_call.method, push_call.code, push_call.details) == ("push", "OK", "")
    assert push_call.response_bytes == pushed.ByteSize()
    told = (get_call.method, get_call.code, get_call.details, get_call.instant)
    assert told == ("get", "NOT_FOUND", "Skill not found: skl-1", "2026-01-25T10:00:01.100000Z")


def test_a_loaded_history_answers_calls(
    steered: Callable[..., Any], stigmer_factory: Factory
) -> None:
    """Live and audit rows written past the API are found by id, slug, tag and hash."""
    history = stigmer_factory.audit_history(versions=3, tags=["stable", "beta"])
    client = steered()
    live = [{"id": row.id, "data": row.data} for row in history.live]
    audits = [
        {
            "resource_id": row.resource_id,
            "data": row.data,
            "version_hash": row.version_hash,
            "tag": row.tag,
            "archived_at": row.archived_at.isoformat(),
        }
        for row in history.rows
    ]
    client.control.call("LoadHistory", live=live, audits=audits)
    current = client.skills.get(API.SkillId(value=live[0]["id"]))
    assert current.spec.skill_md == "# Version 3\n"
    reference = API.ApiResourceReference(slug=current.metadata.slug, org=current.metadata.org)
    reference.version = "beta"
    assert client.skills.get_by_reference(reference).spec.skill_md == "# Version 2\n"
    reference.version = audits[0]["version_hash"]
    assert client.skills.get_by_reference(reference).spec.skill_md == "# Version 1\n"


def test_a_dropped_namespace_opens_anew(
    steered: Callable[..., Any], push: Callable[..., Any]
) -> None:
    """After Drop the namespace is empty and usable."""
    client = steered("one")
    pushed = push(client)
    client.control.call("Drop")
    with pytest.raises(StatusError, match="NOT_FOUND"):
        client.skills.get(id_of(pushed))
    assert push(client).metadata.slug == "calculator"
