"""Rows that do not decode are never skipped in silence and never hide what can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Push

    from pytest_stigmer.registry.registry import Registry

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]


@pytest.fixture
def damaged(push: Push, parts: Registry) -> str:
    """Give the id of a skill whose record has been overwritten with bytes that are no message."""
    skill_id = str(push("Broken").metadata.id)
    parts.store.connection.execute("UPDATE resources SET data = x'ffff'")
    return skill_id


def test_a_lookup_that_finds_nothing_else_is_data_loss(
    damaged: str, refer: Refer, refusal: Refusal
) -> None:
    """The unreadable row may be the one that is meant."""
    for reference in ({"slug": "broken"}, {"slug": "other"}, {"org": "a"}, {"scope": 1}):
        code, details = refusal(refer, **reference)
        assert (code, f"skill/{damaged}" in details) == ("DATA_LOSS", True)


def test_unreadable_rows_of_other_kinds_do_not_matter(
    push: Push, parts: Registry, refer: Refer, refusal: Refusal
) -> None:
    """Only skills are looked through."""
    parts.store.connection.execute(
        "INSERT INTO resources (kind, id, data) VALUES ('agent', 'agt-1', x'ffff')"
    )
    assert refusal(refer)[0] == "NOT_FOUND"
    assert push().metadata.slug == "calc"
