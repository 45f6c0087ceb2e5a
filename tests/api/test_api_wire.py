"""Requests of another API generation, recognised by their bytes."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_stigmer.api.generation import load

generation = load("bundled")

# PushSkillRequest of stigmer-apis 0.1.0.dev0: org 1, artifact 2, tag 3.
FOREIGN_PUSH = b"\x0a\x04acme\x12\x05PK\x03\x04!\x1a\x06stable"


def foreign(message_class: type[Any], data: bytes) -> str | None:
    """Say what the codec says of these bytes and of what they were parsed as."""
    return generation.codec.foreign(message_class.FromString(data), data)


def test_push_of_another_generation_is_recognised() -> None:
    """An artifact in field 2 cannot be this generation's scope; the text says what to do."""
    assert foreign(generation.PushSkillRequest, FOREIGN_PUSH) == (
        "this PushSkillRequest is of another API generation: field 2 is length-delimited, "
        "but scope is a varint; the server speaks generation 2026-01 (name 1, scope 2, org 3, "
        "artifact 4, tag 5): use stubs of that generation"
    )


def test_protobuf_alone_would_drop_the_misread_field() -> None:
    """Parsing such a push gives no error and no artifact, which is why it must be recognised."""
    push = generation.PushSkillRequest.FromString(FOREIGN_PUSH)

    assert (push.name, push.artifact) == ("acme", b"")


def test_reference_of_another_generation_is_recognised() -> None:
    """A text where the scope belongs, or a number where the slug belongs, is told apart."""
    reference = generation.ApiResourceReference

    assert "field 1 is length-delimited" in foreign(reference, b"\x0a\x01a")
    assert "field 4 is a varint" in foreign(reference, b"\x20\x01")
    assert "field 4 is 64 bits wide" in foreign(reference, b"\x21" + bytes(8))


def test_a_misread_field_after_a_group_is_recognised() -> None:
    """What follows an unknown group is looked at, what lies inside it is not."""
    data = b"\x7b\x7c" + FOREIGN_PUSH
    assert foreign(generation.PushSkillRequest, data) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        generation.PushSkillRequest(
            name="n", scope=2, org="o", artifact=b"a", tag="t"
        ).SerializeToString(),
        b"\x0a\x04acme\x1a\x06stable",
        b"\x0a\x01n\x7a\x01x",
        b"\x0a\x01n\x7b\x12\x01x\x7c",
    ],
    ids=["empty", "own", "wire-identical", "field of the future", "group of the future"],
)
def test_push_that_may_be_of_this_generation_passes(data: bytes) -> None:
    """Unknown fields and readings that fit are no sign of another generation."""
    assert foreign(generation.PushSkillRequest, data) is None
