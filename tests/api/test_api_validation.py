"""The validation texts of the real server."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pytest_stigmer.api.generation import load

generation = load("bundled")

HASH = "0123456789abcdef" * 4
TAG_TEXT = "value does not match regex pattern `^$|^[a-zA-Z0-9._-]+$`"
VERSION_TEXT = "value does not match regex pattern `^$|^latest$|^[a-zA-Z0-9._-]+$|^[a-f0-9]{64}$`"
ENUM_TEXT = "value must be one of the defined enum values"


def _push(**fields: Any) -> Any:
    return generation.PushSkillRequest(**{"name": "n", "artifact": b"a", **fields})


def _reference(**fields: Any) -> Any:
    return generation.ApiResourceReference(slug="s", **fields)


VALID = {
    "least push": _push(),
    "blank name": _push(name=" "),
    "scope platform": _push(scope=1),
    "scope organization": _push(scope=2),
    "scope identity_account": _push(scope=3),
    "tag of every allowed sort": _push(tag="aZ0._-"),
    "tag latest": _push(tag="latest"),
    "least reference": _reference(),
    "version latest": _reference(version="latest"),
    "version tag": _reference(version="v1.0"),
    "version hash": _reference(version=HASH),
    "version hash in upper case": _reference(version=HASH.upper()),
    "kind without a name": _reference(kind=999),
    "no slug": generation.ApiResourceReference(),
    "id": generation.SkillId(value="x"),
    "key": generation.GetArtifactRequest(artifact_storage_key="x"),
}

INVALID = {
    "no name": (_push(name=""), "name: value is required"),
    "no artifact": (_push(artifact=b""), "artifact: value is required"),
    "scope below": (_push(scope=-1), f"scope: {ENUM_TEXT}"),
    "scope above": (_push(scope=7), f"scope: {ENUM_TEXT}"),
    "tag with a blank": (_push(tag="a b"), f"tag: {TAG_TEXT}"),
    "tag with a newline at its end": (_push(tag="v1\n"), f"tag: {TAG_TEXT}"),
    "tag that is a newline": (_push(tag="\n"), f"tag: {TAG_TEXT}"),
    "tag with a second line": (_push(tag="a\nb"), f"tag: {TAG_TEXT}"),
    "tag with a letter outside ASCII": (_push(tag="é"), f"tag: {TAG_TEXT}"),
    "version with a blank": (_reference(version="v 1"), f"version: {VERSION_TEXT}"),
    "version with a newline": (_reference(version="latest\n"), f"version: {VERSION_TEXT}"),
    "reference scope": (_reference(scope=4), f"scope: {ENUM_TEXT}"),
    "no id": (generation.SkillId(), "value: value is required"),
    "no key": (generation.GetArtifactRequest(), "artifact_storage_key: value is required"),
}


@pytest.mark.parametrize("case", VALID)
def test_request_is_valid(case: str) -> None:
    """The real server's rules accept this request."""
    assert generation.validate(VALID[case]) is None


@pytest.mark.parametrize("case", INVALID)
def test_request_with_one_violation_has_the_real_text(case: str) -> None:
    """One violation is one line: the field and the real server's words."""
    message, text = INVALID[case]

    assert generation.validate(message) == f"validation error: {text}"


def test_several_violations_are_listed_in_field_order() -> None:
    """All violations are collected, one per line, in the order the fields are declared."""
    push = generation.PushSkillRequest(tag="a b", scope=7)

    assert generation.validate(push) == (
        "validation errors:\n"
        " - name: value is required\n"
        f" - scope: {ENUM_TEXT}\n"
        " - artifact: value is required\n"
        f" - tag: {TAG_TEXT}"
    )


def test_two_violations_are_already_a_list() -> None:
    """Two violations have the plural heading."""
    assert generation.validate(generation.PushSkillRequest()) == (
        "validation errors:\n - name: value is required\n - artifact: value is required"
    )


def test_a_large_artifact_is_validated_without_walking_it() -> None:
    """The largest artifact a message can hold is validated within 50 ms."""
    push = _push(artifact=bytes(10 * 1024 * 1024))

    def seconds() -> float:
        start = time.perf_counter()
        generation.validate(push)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.05


def test_threads_share_one_validator() -> None:
    """Many threads validate at once, each getting its own answer."""
    messages = [_push(tag=tag) for tag in ("ok", "not ok")] * 50
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(generation.validate, messages))

    assert found == [None, f"validation error: tag: {TAG_TEXT}"] * 50
