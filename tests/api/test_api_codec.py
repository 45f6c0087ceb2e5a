"""Messages into plain values and back."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import UndecodableMessage

generation = load("bundled")
codec = generation.codec

HASH = "0123456789abcdef" * 4
AUDIT = values.AuditInfo(
    created_by="system",
    created_at=1_769_335_200_123_456_789,
    updated_by="someone",
    updated_at=1_769_335_201_000_000_001,
    event="updated",
)
SKILL = values.Skill(
    metadata=values.Metadata(
        name="Calculator",
        slug="calculator",
        id="skl-1",
        org="acme",
        owner_scope=values.SCOPE_ORGANIZATION,
        labels={"b": "2", "a": "1"},
        annotations={"note": "x"},
        tags=("one", "two"),
    ),
    skill_md="# Calculator\r\n",
    tag="stable",
    version_hash=HASH,
    artifact_storage_key=f"skills/{HASH}.zip",
    state=values.STATE_READY,
    spec_audit=AUDIT,
    status_audit=replace(AUDIT, event="created"),
)


@pytest.mark.parametrize(
    "skill",
    [
        SKILL,
        values.Skill(),
        values.Skill(has_metadata=False),
        values.Skill(has_status=False),
        replace(SKILL, spec_audit=values.AuditInfo()),
        replace(SKILL, spec_audit=replace(AUDIT, created_at=-1)),
        replace(SKILL, spec_audit=replace(AUDIT, created_at=0)),
    ],
    ids=["full", "empty", "no metadata", "no status", "no spec audit", "before 1970", "at 1970"],
)
def test_skill_survives_the_way_to_bytes_and_back(skill: values.Skill) -> None:
    """A skill read from its own serialized message is equal to the skill written."""
    data = codec.encode(codec.skill_message(skill))

    assert codec.skill(codec.decode(generation.Skill, data)) == skill


def test_skill_message_has_the_fields_of_the_real_record() -> None:
    """Each value lands in the field that the real server keeps it in."""
    message = codec.skill_message(SKILL)

    assert (message.api_version, message.kind) == ("agentic.stigmer.ai/v1", "Skill")
    assert (message.spec.skill_md, message.spec.tag) == ("# Calculator\r\n", "stable")
    assert message.status.state == generation.SkillState.Value("SKILL_STATE_READY")
    assert message.status.audit.spec_audit.created_by.id == "system"
    assert message.status.audit.spec_audit.created_at.seconds == 1_769_335_200
    assert message.status.audit.spec_audit.created_at.nanos == 123_456_789
    assert message.status.audit.status_audit.event == "created"
    assert message.metadata.owner_scope == 2


def test_skill_without_metadata_or_status_has_neither_in_its_message() -> None:
    """Absent halves stay absent, because lookups pass over records without them."""
    message = codec.skill_message(values.Skill(has_metadata=False, has_status=False))

    assert not message.HasField("metadata")
    assert not message.HasField("status")


def test_audit_that_was_never_stamped_is_not_written() -> None:
    """An empty audit half takes no bytes, as a record of the real server without one."""
    message = codec.skill_message(replace(SKILL, spec_audit=values.AuditInfo()))

    assert not message.status.audit.HasField("spec_audit")
    assert message.status.audit.HasField("status_audit")


def test_equal_messages_give_equal_bytes() -> None:
    """The order in which labels were set does not show in the bytes."""
    one = generation.ApiResourceMetadata(labels={str(number): "" for number in range(50)})
    two = generation.ApiResourceMetadata(labels={str(number): "" for number in range(49, -1, -1)})

    assert codec.encode(one) == codec.encode(two)


def test_legacy_row_of_another_kind_gives_nothing() -> None:
    """Only skills carry a hash and a tag."""
    assert codec.legacy("agent", codec.encode(codec.skill_message(SKILL))) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff", "proto: cannot parse invalid wire-format data"),
        (b"\x0a\x05a", "proto: cannot parse invalid wire-format data"),
        (
            b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            "proto: cannot parse invalid wire-format data",
        ),
        (b"\x0d\x01", "proto: cannot parse invalid wire-format data"),
        (b"\x0a\x01\xff", "string field contains invalid UTF-8"),
        (b"\x1a\x03\x0a\x01\xff", "string field contains invalid UTF-8"),
    ],
    ids=["key", "length", "varint", "fixed", "utf-8", "nested utf-8"],
)
def test_bytes_that_do_not_decode_say_why(data: bytes, reason: str) -> None:
    """The reason is the one that the real server gives to its clients."""
    with pytest.raises(UndecodableMessage) as caught:
        codec.decode(generation.Skill, data)

    assert caught.value.reason == reason
    assert str(caught.value) == f"ai.stigmer.agentic.skill.v1.Skill does not decode: {reason}"
    assert isinstance(caught.value, ValueError)


def test_undecodable_error_crosses_processes() -> None:
    """The error pickles, so that a worker can report it."""
    error = pickle.loads(pickle.dumps(UndecodableMessage("T", "why")))  # noqa: S301

    assert (error.type_name, error.reason) == ("T", "why")
