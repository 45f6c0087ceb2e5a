"""The messages of generation 2026-01, and the classes made of them."""

from __future__ import annotations

import hashlib

import pytest
from google.protobuf.descriptor_pool import Default

from pytest_stigmer.api.descriptors import DESCRIPTOR_SET
from pytest_stigmer.api.generation import load
from pytest_stigmer.store.translation import KIND_NAMES

SET = "497e2ab0ef16474cd0405bf3030074753e298b7e6129e99419fc4bfa4f39f996"
"""The digest of the set whose names, numbers, types, rules and options were compared with those of
the real sources: stigmer b070f18, apis/ai/stigmer."""

METHODS = {
    "push": ("SkillCommandController", "PushSkillRequest", "Skill"),
    "delete": ("SkillCommandController", "SkillId", "Skill"),
    "get": ("SkillQueryController", "SkillId", "Skill"),
    "getByReference": ("SkillQueryController", "ApiResourceReference", "Skill"),
    "getArtifact": ("SkillQueryController", "GetArtifactRequest", "GetArtifactResponse"),
}

generation = load("bundled")


def test_the_set_is_the_one_that_was_compared_with_the_real_one() -> None:
    """Whoever changes a message changes what users' servers speak, and compares it anew."""
    assert hashlib.sha256(DESCRIPTOR_SET.read_bytes()).hexdigest() == SET


@pytest.mark.parametrize("name", METHODS)
def test_method_has_the_real_path_and_messages(name: str) -> None:
    """A method's wire path, request class and response class are the real ones."""
    service, request, response = METHODS[name]
    method = generation.methods[name]

    assert method.path == f"/ai.stigmer.agentic.skill.v1.{service}/{name}"
    assert method.request is getattr(generation, request)
    assert method.response is getattr(generation, response)


def test_there_are_no_other_methods() -> None:
    """The skill API has five methods."""
    assert set(generation.methods) == set(METHODS)


def test_push_request_has_the_real_bytes() -> None:
    """A push serializes to the bytes that every client of this generation sends."""
    push = generation.PushSkillRequest(name="n", scope=2, org="o", artifact=b"a", tag="t")

    assert push.SerializeToString() == b"\x0a\x01n\x10\x02\x1a\x01o\x22\x01a\x2a\x01t"


def test_bundled_messages_stay_out_of_the_default_pool() -> None:
    """Loading the bundled set adds nothing to the pool that a user's stubs live in."""
    with pytest.raises(KeyError):
        Default().FindMessageTypeByName("ai.stigmer.agentic.skill.v1.Skill")


def test_unknown_name_is_an_attribute_error_that_names_the_generation() -> None:
    """A misspelt message is refused with the name of the generation that was searched."""
    with pytest.raises(AttributeError, match=r"API generation 2026-01 has no message .* 'Skil'"):
        _ = generation.Skil


def test_generation_is_the_same_object_on_every_call() -> None:
    """Two calls of load give the same classes, so their messages compare equal."""
    assert load("bundled") is generation


def test_store_and_api_name_the_same_kinds() -> None:
    """The store's own table, which spares it the message classes, is the enum of 19 kinds."""
    assert {name: number for number, name in KIND_NAMES.items()} == dict(
        generation.ApiResourceKind.items()
    )
    assert len(KIND_NAMES) == 19
