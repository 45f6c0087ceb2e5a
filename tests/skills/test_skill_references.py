"""Which version of which skill a reference names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]

NO_VERSION = "skill version not found: calc:"


def test_a_record_without_status_answers_latest_alone(
    parts: Registry, api: Generation, refer: Refer, refusal: Refusal
) -> None:
    """It has neither hash nor tag, whatever its spec says."""
    skill = api.Skill(metadata={"slug": "calc"}, spec={"skill_md": "# x", "tag": "v1"})
    parts.store.save_resource("skill", "skl-1", skill)
    assert refer() == skill
    assert refusal(refer, "v1") == ("NOT_FOUND", NO_VERSION + "v1")


def test_a_current_record_without_archived_copy_is_found_by_tag_and_hash(
    parts: Registry, api: Generation, refer: Refer
) -> None:
    """The record itself is looked at before its history."""
    skill = api.Skill(
        metadata={"slug": "calc"}, spec={"tag": "v1"}, status={"version_hash": "1" * 64}
    )
    parts.store.save_resource("skill", "skl-1", skill)
    assert refer("v1") == refer("1" * 64) == skill


@pytest.mark.parametrize(
    ("version", "table", "told"),
    [
        ("", "resources", "failed to list skills: "),
        ("v9", "resource_audit", "failed to query audit by tag: "),
        ("0" * 64, "resource_audit", "failed to query audit by hash: "),
    ],
)
def test_a_lookup_that_the_store_cannot_answer_says_which(
    version: str, table: str, told: str, push: Push, refer: Refer, refusal: Refusal, parts: Registry
) -> None:
    """An error of the engine comes with what was being done, as the real server tells it."""
    push()
    parts.store.execute(f"ALTER TABLE {table} RENAME TO gone")
    code, details = refusal(refer, version)
    assert (code, details.startswith(told)) == ("INTERNAL", True)


def test_a_push_that_cannot_look_for_its_skill_says_so(
    push: Push, refusal: Refusal, parts: Registry
) -> None:
    """The two steps that failed are named, as the real server names them."""
    parts.store.execute("ALTER TABLE resources RENAME TO gone")
    code, details = refusal(push)
    told = "failed to search for existing skill: failed to list resources: "
    assert (code, details.startswith(told)) == ("INTERNAL", True)
