"""Rows that do not decode are never skipped in silence and never hide what can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.endpoint import SkillClient

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]


@pytest.fixture
def damaged(push: Push, parts: Registry) -> str:
    """Give the id of a skill whose record has been overwritten with bytes that are no message."""
    skill_id = str(push("Broken").metadata.id)
    parts.store.connection.execute("UPDATE resources SET data = x'ffff'")
    return skill_id


@pytest.mark.parametrize("call", ["get", "delete"])
def test_an_unreadable_record_is_data_loss_by_id(
    call: str, damaged: str, skills: SkillClient, api: Generation, refusal: Refusal
) -> None:
    """Never 'not found': kind and id are named."""
    code, details = refusal(getattr(skills, call), api.SkillId(value=damaged))
    assert (code, f"skill/{damaged}" in details) == ("DATA_LOSS", True)


def test_a_lookup_that_finds_nothing_else_is_data_loss(
    damaged: str, refer: Refer, refusal: Refusal
) -> None:
    """The unreadable row may be the one that is meant."""
    for reference in ({"slug": "broken"}, {"slug": "other"}, {"org": "a"}, {"scope": 1}):
        code, details = refusal(refer, **reference)
        assert (code, f"skill/{damaged}" in details) == ("DATA_LOSS", True)


def test_a_push_that_finds_nothing_else_is_data_loss(
    damaged: str, push: Push, refusal: Refusal, parts: Registry
) -> None:
    """It would make a second skill of one name; neither row nor artifact is left."""
    before = sorted((parts.artifacts.root / "skills").iterdir())
    code, details = refusal(push, "Broken", "# again")
    assert (code, f"skill/{damaged}" in details) == ("DATA_LOSS", True)
    assert sorted((parts.artifacts.root / "skills").iterdir()) == before


def test_a_readable_skill_is_found_beside_an_unreadable_one(
    push: Push, parts: Registry, refer: Refer
) -> None:
    """By reference, and by a push that updates it."""
    skill = push()
    broken = push("Broken").metadata.id
    parts.store.connection.execute("UPDATE resources SET data = x'ffff' WHERE id = ?", (broken,))
    assert refer() == skill
    assert push(skill_md="# two").metadata.id == skill.metadata.id


def test_an_unreadable_version_of_the_history_is_data_loss(
    push: Push, parts: Registry, refer: Refer, refusal: Refusal
) -> None:
    """It is there, so it is not 'not found'."""
    push(tag="v1")
    push(skill_md="# two")
    parts.store.connection.execute("UPDATE resource_audit SET data = x'ffff' WHERE tag = 'v1'")
    assert refusal(refer, "v1")[0] == "DATA_LOSS"


def test_unreadable_rows_of_other_kinds_do_not_matter(
    push: Push, parts: Registry, refer: Refer, refusal: Refusal
) -> None:
    """Only skills are looked through."""
    parts.store.connection.execute(
        "INSERT INTO resources (kind, id, data) VALUES ('agent', 'agt-1', x'ffff')"
    )
    assert refusal(refer)[0] == "NOT_FOUND"
    assert push().metadata.slug == "calc"
