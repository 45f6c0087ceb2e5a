"""A process that dies at any statement leaves a registry on which no operation is half done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from tests.damage.death import CommitCrash, Death

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.store.faults import Crash

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.values import PushSkill
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.controller import Stored
    from pytest_stigmer.store.sqlite import SqliteStore

    Push = Callable[[Registry, str, str], Any]
    StateOf = Callable[[SqliteStore], dict[str, list[tuple[Any, ...]]]]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

_MOST_STATEMENTS = 20


def only_skill(parts: Registry) -> Any:
    """Return the SkillId of the registry's first skill."""
    ((skill_id, _), *_) = parts.store.resource_rows("skill")
    return parts.generation.SkillId(value=skill_id)


def in_transaction(parts: Registry) -> None:
    """Make four verbs one unit, a savepoint inside."""
    message = parts.generation.Skill()
    with parts.store.transaction():
        parts.store.save_resource("agent", "a", message)
        with parts.store.transaction():
            parts.store.save_audit("agent", "a", message, tag="v1")
        parts.store.delete_resources_by_kind("skill")
        parts.store.delete_audit_by_resource_id("skill", "x")


@pytest.fixture
def operations(push: Push) -> dict[str, Callable[[Registry], Any]]:
    """Give every operation that writes."""
    return {
        "push of a new skill": lambda parts: push(parts, "New", "# new"),
        "push of a new version": lambda parts: push(parts, "Calc", "# two"),
        "push of equal content": lambda parts: push(parts, "Calc", "# one"),
        "delete": lambda parts: parts.client().delete(only_skill(parts)),
        "save_resource, new": lambda parts: parts.store.save_resource("agent", "a", _skill(parts)),
        "save_resource, again": lambda parts: parts.store.save_resource(
            "skill", "x", _skill(parts)
        ),
        "save_audit": lambda parts: parts.store.save_audit("skill", "x", _skill(parts), tag="v1"),
        "delete_resource": lambda parts: parts.store.delete_resource("skill", "x"),
        "delete_resources_by_kind": lambda parts: parts.store.delete_resources_by_kind("skill"),
        "delete_resources_by_id_prefix": lambda parts: parts.store.delete_resources_by_id_prefix(
            "skill", "s"
        ),
        "delete_audit_by_resource_id": lambda parts: parts.store.delete_audit_by_resource_id(
            "skill", "x"
        ),
        "transaction of several verbs": in_transaction,
    }


def _skill(parts: Registry) -> Any:
    return parts.generation.Skill(spec=parts.generation.SkillSpec(skill_md="# saved"))


def crash_points(
    operation: Callable[[Registry], Any], opened: Callable[[], Registry], state_of: StateOf
) -> int:
    """Die after each writing statement and right after the commit; return how many points it has.

    Before the last writing statement nothing may be there, and what was there before must be.
    """
    for after in range(_MOST_STATEMENTS):
        death = Death(opened(), state_of)
        crash = Crash(death.parts.path, after, death.remember)
        death.of(operation, crash)
        if crash.statements <= after and death.left == death.acknowledged:
            return after + 1 + commit_points(operation, opened, state_of)
        assert death.left == death.before, f"half done when it died after writing statement {after}"
    raise AssertionError("the operation has more statements than expected")


def commit_points(
    operation: Callable[[Registry], Any], opened: Callable[[], Registry], state_of: StateOf
) -> int:
    """Die right after the commit; return 0 for an operation of one statement that commits itself.

    What is committed may be acknowledged at any time: nothing of it may be missing.
    """
    death = Death(opened(), state_of)
    crash = CommitCrash(death.parts.path, _MOST_STATEMENTS, death.remember)
    death.of(operation, crash)
    assert death.left == death.acknowledged, "not all is there right after the commit"
    return int(crash.has_committed)


def test_no_operation_is_half_done_wherever_it_dies(
    populated: Callable[..., Registry],
    state_of: StateOf,
    operations: dict[str, Callable[[Registry], Any]],
    tell: Callable[[str], None],
) -> None:
    """Dying anywhere leaves the state before, or the whole operation with its artifacts."""
    points = {name: crash_points(call, populated, state_of) for name, call in operations.items()}
    tell(f"{sum(points.values())} crash points of {len(points)} operations")
    assert sum(points.values()) >= 37, points
    assert points["push of a new version"] == 5
    assert points["delete"] == 5
    assert points["save_audit"] == 2


class Unwritten(ArtifactStorage):
    """Says that an artifact is stored and leaves it to `LatePush`."""

    def store(self, data: bytes) -> StoredArtifact:
        """Write nothing."""
        return StoredArtifact(self.key_of(sha256(data).hexdigest()), None)


class LatePush(SkillController):
    """Writes the artifact when the record is committed."""

    def push(self, request: PushSkill) -> Stored:
        """Push, then store."""
        stored = super().push(request)
        ArtifactStorage(self.artifacts.root).store(request.artifact)
        return stored


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        (catalogue()["push-is-not-one-transaction"].apply(REFERENCE), "half done"),
        (
            replace(REFERENCE, artifacts=Unwritten, skills=LatePush),
            "artifacts of acknowledged records are lost",
        ),
    ],
    ids=["several transactions", "an artifact written after the commit"],
)
def test_crash_points_show_a_push_that_is_not_whole(
    populated: Callable[..., Registry],
    state_of: StateOf,
    operations: dict[str, Callable[[Registry], Any]],
    recipe: Recipe,
    told: str,
) -> None:
    """One of the points lies between two transactions, or between the commit and the artifact."""
    with pytest.raises(AssertionError, match=told):
        crash_points(operations["push of a new version"], partial(populated, recipe), state_of)
