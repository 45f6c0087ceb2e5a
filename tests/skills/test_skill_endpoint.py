"""Bytes in, bytes out: sizes, decoding, validation and the status of every failure."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.errors import StatusError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry

    Refusal = Callable[..., tuple[str, str]]

METHODS = ["push", "delete", "get", "getByReference", "getArtifact"]
ANSWERED_PART = 5
"""Bytes that an answer with an artifact has beside it: one of field number, four of length."""


def padded(size: int) -> bytes:
    """Return a valid artifact of exactly this many bytes, which do not compress."""
    empty = len(artifact(skill_md="# one", files={"pad": b""}))
    return artifact(skill_md="# one", files={"pad": b"x" * (size - empty)})


@pytest.mark.parametrize("method", ["", "frob", "Push", "get_by_reference", "call", "__init__"])
def test_a_method_of_another_name_is_unimplemented(
    method: str, parts: Registry, refusal: Refusal
) -> None:
    """Wire names are exact."""
    assert refusal(parts.endpoint.call, method, b"")[0] == "UNIMPLEMENTED"


@pytest.mark.parametrize("method", METHODS)
def test_bytes_that_are_no_message_are_an_internal_error(
    method: str, parts: Registry, refusal: Refusal
) -> None:
    """In the words of the real server, before any handler runs."""
    expected = "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data"
    assert refusal(parts.endpoint.call, method, b"\x0a\xff") == ("INTERNAL", expected)


def test_a_text_that_is_not_utf8_is_an_internal_error(parts: Registry, refusal: Refusal) -> None:
    """In the words of the real server."""
    expected = "grpc: error unmarshalling request: string field contains invalid UTF-8"
    assert refusal(parts.endpoint.call, "get", b"\x0a\x01\xff") == ("INTERNAL", expected)


@pytest.mark.parametrize(
    ("method", "request_"),
    [("push", b"\x0a\x01a\x12\x02PK\x1a\x01t"), ("getByReference", b"\x0a\x04acme\x22\x04calc")],
)
def test_a_request_of_another_generation_is_told_so_though_it_could_be_read(
    method: str, request_: bytes, parts: Registry, refusal: Refusal
) -> None:
    """'Value is required' would send its author astray; a slug in field 4 would be served."""
    code, details = refusal(parts.endpoint.call, method, request_)
    assert (code, "another API generation" in details) == ("INVALID_ARGUMENT", True)


def test_a_request_of_the_limit_is_served_and_one_byte_more_is_not(
    parts: Registry, api: Generation, refusal: Refusal
) -> None:
    """The limit is of the whole message."""
    around = (
        len(api.PushSkillRequest(name="c", artifact=b"x" * MAX_MESSAGE_BYTES).SerializeToString())
        - MAX_MESSAGE_BYTES
    )
    for over in (0, 1):
        data = padded(MAX_MESSAGE_BYTES - around + over)
        request = api.PushSkillRequest(name="c", artifact=data).SerializeToString()
        assert len(request) == MAX_MESSAGE_BYTES + over
        if over:
            expected = f"grpc: received message larger than max ({len(request)} vs. 10485760)"
            assert refusal(parts.endpoint.call, "push", request) == ("RESOURCE_EXHAUSTED", expected)
        else:
            assert parts.endpoint.call("push", request)


def test_an_answer_of_the_limit_is_given_and_one_byte_more_is_not(
    parts: Registry, api: Generation, refusal: Refusal
) -> None:
    """An artifact that came by another way may be too long to be sent."""
    for over in (0, 1):
        key = parts.artifacts.store(b"x" * (MAX_MESSAGE_BYTES - ANSWERED_PART + over)).key
        request = api.GetArtifactRequest(artifact_storage_key=key).SerializeToString()
        if over:
            expected = "grpc: trying to send message larger than max (10485761 vs. 10485760)"
            answer = refusal(parts.endpoint.call, "getArtifact", request)
            assert answer == ("RESOURCE_EXHAUSTED", expected)
        else:
            assert len(parts.endpoint.call("getArtifact", request)) == MAX_MESSAGE_BYTES


@pytest.mark.parametrize("method", METHODS)
def test_a_database_without_tables_is_an_error_with_a_status(
    method: str, parts: Registry, api: Generation, refusal: Refusal
) -> None:
    """No failure of the engine reaches the caller raw, or names a folder."""
    parts.store.connection.execute("DROP TABLE resources")
    requests: dict[str, Any] = {
        "push": api.PushSkillRequest(name="Calc", artifact=artifact()),
        "getByReference": api.ApiResourceReference(slug="calc"),
        "getArtifact": api.GetArtifactRequest(artifact_storage_key="skills"),
    }
    request = requests.get(method, api.SkillId(value="skl-1")).SerializeToString()
    code, details = refusal(parts.endpoint.call, method, request)
    assert code == ("NOT_FOUND" if method == "getArtifact" else "INTERNAL")
    assert str(parts.store.path.parent) not in details


def test_a_mistake_in_the_server_is_an_internal_error_that_keeps_its_cause(
    parts: Registry, api: Generation
) -> None:
    """The caller gets a status; whoever runs the server finds the cause attached."""

    class Broken(type(parts.skills)):  # type: ignore[misc]
        def get(self, skill_id: str) -> Any:
            raise ZeroDivisionError(skill_id)

    controller = Broken(parts.store, parts.artifacts, parts.clock, api)
    endpoint = type(parts.endpoint)(controller, api)
    with pytest.raises(StatusError) as failed:
        endpoint.call("get", api.SkillId(value="x").SerializeToString())
    assert (failed.value.code, failed.value.details) == (
        "INTERNAL",
        "internal error: ZeroDivisionError",
    )
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


def test_a_failure_can_be_pickled(push: Push) -> None:
    """It crosses from a worker process with code and details."""
    with pytest.raises(StatusError) as failed:
        push("")
    copy = pickle.loads(pickle.dumps(failed.value))  # noqa: S301
    assert (copy.code, copy.details) == (failed.value.code, failed.value.details)


def test_the_caller_and_the_server_share_no_object(
    push: Push, parts: Registry, api: Generation
) -> None:
    """Changing an answer changes nothing that is stored or answered later."""
    skill = push()
    skill.spec.skill_md = "changed"
    again = parts.client().get(api.SkillId(value=skill.metadata.id))
    assert again.spec.skill_md == "# one"
    again.metadata.labels["changed"] = "yes"
    assert not parts.client().get(api.SkillId(value=skill.metadata.id)).metadata.labels


def test_what_a_newer_server_stored_is_answered_whole(
    push: Push, parts: Registry, api: Generation
) -> None:
    """Fields that this generation does not know survive reading."""
    skill = push()
    newer = skill.SerializeToString() + b"\xc2\x3e\x03new"
    parts.store.save_resource("skill", skill.metadata.id, api.Skill.FromString(newer))
    request = api.SkillId(value=skill.metadata.id).SerializeToString()
    assert b"\xc2\x3e\x03new" in parts.endpoint.call("get", request)


@pytest.mark.parametrize("request_", [None, b"", "calc", {"value": "x"}])
def test_a_client_takes_messages_only(request_: Any, parts: Registry) -> None:
    """Anything else is a mistake of the caller's code."""
    with pytest.raises(TypeError, match=r"get takes a .*SkillId, not"):
        parts.client().get(request_)


def test_a_client_refuses_the_request_of_another_method(parts: Registry, api: Generation) -> None:
    """Its bytes would be read as something else."""
    with pytest.raises(TypeError, match=r"not .*GetArtifactRequest"):
        parts.client().get(api.GetArtifactRequest(artifact_storage_key="x"))


def test_a_client_speaks_to_any_transport(api: Generation) -> None:
    """It asks for nothing but bytes by wire name."""
    asked = []

    class Recorder:
        def call(self, method: str, request: bytes) -> bytes:
            asked.append((method, request))
            return b""

    client = SkillClient(api, Recorder())
    client.push(api.PushSkillRequest(name="x"))
    client.get(api.SkillId(value="x"))
    client.get_by_reference(api.ApiResourceReference())
    client.get_artifact(api.GetArtifactRequest())
    client.delete(api.SkillId())
    assert [name for name, _ in asked] == ["push", "get", "getByReference", "getArtifact", "delete"]
    assert asked[1][1] == b"\x0a\x01x"
