"""A push happens whole or not at all, and one at a time."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import StatusError
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Push

    from pytest_stigmer.api.generation import Generation

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]

STOP = {
    "when the transaction is undone by the engine": (
        "CREATE TRIGGER stop BEFORE INSERT ON resources BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
    ),
    "when all is written and committed": (
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER stop AFTER INSERT ON resources BEGIN INSERT INTO child VALUES (1); END",
    ),
}


def history(parts: Registry) -> list[str]:
    """Return the resource ids of the archived copies, oldest first."""
    found = parts.store.connection.execute("SELECT resource_id FROM resource_audit ORDER BY id")
    return [row[0] for row in found]


def files(parts: Registry) -> list[str]:
    """Name the files in the artifact storage."""
    folder = parts.artifacts.root / "skills"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture(params=STOP)
def stopped(request: pytest.FixtureRequest, parts: Registry) -> Callable[[], None]:
    """Give a function that makes pushes fail at one of their steps from then on."""

    def stop() -> None:
        for statement in STOP[request.param]:
            parts.store.connection.execute(statement)

    return stop


def test_a_failed_first_push_leaves_nothing(
    stopped: Callable[[], None],
    push: Push,
    parts: Registry,
    refer: Callable[..., Any],
    refusal: Refusal,
) -> None:
    """No record, no archived copy, no artifact, and the slug is free."""
    stopped()
    code, details = refusal(push, tag="v1")
    assert (code, details.startswith("failed to save skill: ")) == ("INTERNAL", True)
    assert (parts.store.list_resources("skill"), history(parts), files(parts)) == ([], [], [])
    assert refusal(refer, "v1") == ("NOT_FOUND", "skill not found: calc")


def test_a_push_interrupted_after_its_commit_keeps_its_artifact(
    push: Push, parts: Registry, refer: Refer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version is there, and so is what it names."""
    run = Session._run

    def interrupted(session: Session, sql: str) -> None:
        run(session, sql)
        if sql == "COMMIT":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Session, "_run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            push(tag="v1")
    assert parts.skills.get_artifact(refer("v1").status.artifact_storage_key)


@pytest.mark.parametrize("step", ["fstat", "replace"])
def test_an_interrupted_write_of_an_artifact_is_told_and_leaves_no_part(
    push: Push, parts: Registry, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The interruption itself comes out, and no temporary file stays."""
    act = getattr(os, step)

    def interrupted(*arguments: Any, **options: Any) -> None:
        act(*arguments, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            push()
    assert [name for name in files(parts) if not name.endswith(".zip")] == []
    assert push()


def test_a_push_undone_by_the_callers_transaction_is_forgotten(
    push: Push, parts: Registry, refer: Callable[..., Any], refusal: Refusal
) -> None:
    """What the enclosing block takes back was never there, and the name can be pushed again."""
    gone: list[str] = []

    def undone() -> None:
        with parts.store.transaction():
            gone.append(push().metadata.id)
            raise KeyError(gone[0])

    with pytest.raises(KeyError):
        undone()
    assert refusal(refer)[0] == "NOT_FOUND"
    assert push().metadata.id != gone[0]


def test_threads_get_one_skill_at_once(push: Push, parts: Registry, api: Generation) -> None:
    """Every answer is the same."""
    skill = push()
    request = api.SkillId(value=skill.metadata.id)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(parts.client().get, [request] * 20)) == [skill] * 20


def test_an_artifact_that_another_registry_stored_meanwhile_stays(
    parts: Registry, push: Push, api: Generation
) -> None:
    """The push that failed made it first, but it is no longer its own."""
    with Registry(parts.store.path, generation=api) as other:

        class Overtaken(type(parts.artifacts)):  # type: ignore[misc]
            def discard(self, artifact: Any) -> None:
                other.artifacts.store(self.read(artifact.key))
                super().discard(artifact)

        parts.skills.artifacts = Overtaken(parts.artifacts.root)
        for statement in STOP["when the transaction is undone by the engine"]:
            parts.store.connection.execute(statement)
        with pytest.raises(StatusError):
            push()
    assert len(files(parts)) == 1


def test_no_push_comes_between_a_failed_one_and_the_removal_of_its_artifact(
    parts: Registry, push: Push, refusal: Refusal
) -> None:
    """The write lock is held meanwhile."""
    seen: list[str] = []

    class Watched(type(parts.artifacts)):  # type: ignore[misc]
        def discard(self, artifact: Any) -> None:
            with closing(sqlite3.connect(parts.store.path, timeout=0)) as other:
                with pytest.raises(sqlite3.OperationalError) as raised:
                    other.execute("BEGIN IMMEDIATE")
                seen.append(str(raised.value))
            super().discard(artifact)

    parts.skills.artifacts = Watched(parts.artifacts.root)
    for statement in STOP["when the transaction is undone by the engine"]:
        parts.store.connection.execute(statement)
    refusal(push)
    assert (seen, files(parts)) == (["database is locked"], [])


def test_a_record_too_large_to_be_answered_is_not_kept(
    push: Push, parts: Registry, refusal: Refusal
) -> None:
    """Name and slug together are over the limit that either alone would keep."""
    code, details = refusal(push, "n" * (6 * 1024 * 1024))
    assert code == "RESOURCE_EXHAUSTED"
    assert "trying to send message larger than max" in details
    assert history(parts) == []
    assert files(parts) == []
