"""The memory of slugs is never behind the file, and is rarely read anew."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.index import Identity, SlugIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.api.values import Skill
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.skills.index import Snapshot

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]


@pytest.fixture
def other(parts: Registry, api: Generation) -> Iterator[Registry]:
    """Give a second registry on the same file and artifacts."""
    with Registry(parts.store.path, generation=api) as assembled:
        yield assembled


@contextmanager
def full_reads(parts: Registry) -> Iterator[list[str]]:
    """Collect the statements that read every skill."""
    statements: list[str] = []
    parts.store.connection.set_trace_callback(statements.append)
    yield statements
    parts.store.connection.set_trace_callback(None)
    statements[:] = [sql for sql in statements if sql == _filled(parts)]


def _filled(parts: Registry) -> str:
    return parts.store.queries.resource_rows.replace(":kind", "'skill'")


def saved(api: Generation, slug: str, org: str = "") -> Any:
    """Return a minimal skill."""
    return api.Skill(metadata={"slug": slug, "org": org})


def test_own_pushes_lookups_and_deletions_read_all_skills_once(
    push: Push, refer: Refer, skills: SkillClient, api: Generation, parts: Registry
) -> None:
    """However many there are."""
    with full_reads(parts) as reads:
        for number in range(5):
            skill = push(f"Calc {number}")
            push(f"Calc {number}", skill_md="# two")
            refer(slug=f"calc-{number}")
            skills.delete(api.SkillId(value=skill.metadata.id))
    assert len(reads) == 1


def _key(parts: Registry) -> str:
    (name,) = (path.name for path in (parts.artifacts.root / "skills").iterdir())
    return f"skills/{name}"


def test_a_deletion_hides_no_skill_that_another_connection_made(
    push: Push, refer: Refer, other: Registry, skills: SkillClient, api: Generation
) -> None:
    """It is found after the next deletion here, which nothing has read before."""
    gone = push("Gone").metadata.id
    data = other.skills.get_artifact(_key(other))
    made = other.client().push(api.PushSkillRequest(name="Calc", artifact=data))
    skills.delete(api.SkillId(value=gone))
    assert refer() == made


def test_a_slug_changed_through_the_store_is_found_under_the_new_one(
    push: Push, refer: Refer, parts: Registry, refusal: Refusal
) -> None:
    """The row stays the same, its identity does not."""
    skill = push()
    skill.metadata.slug = "moved"
    parts.store.save_resource("skill", skill.metadata.id, skill)
    assert refer(slug="moved") == skill
    assert refusal(refer)[0] == "NOT_FOUND"


def test_a_deletion_taken_back_is_as_if_it_never_was(
    push: Push, refer: Refer, skills: SkillClient, api: Generation, parts: Registry
) -> None:
    """The skill is found again."""
    skill = push()

    def undone() -> None:
        with parts.store.transaction():
            skills.delete(api.SkillId(value=skill.metadata.id))
            raise KeyError

    with pytest.raises(KeyError):
        undone()
    assert refer() == skill


def test_a_nested_push_taken_back_is_as_if_it_never_was(
    push: Push, refer: Refer, parts: Registry, refusal: Refusal
) -> None:
    """Also when the block around it is kept."""

    def undone() -> None:
        with parts.store.transaction():
            push()
            raise KeyError

    with parts.store.transaction():
        push("Kept")
        with pytest.raises(KeyError):
            undone()
    assert refer(slug="kept").metadata.slug == "kept"
    assert refusal(refer)[0] == "NOT_FOUND"


def test_a_deletion_in_a_test_s_own_sql_taken_back_is_as_if_it_never_was(
    push: Push, refer: Refer, parts: Registry, refusal: Refusal
) -> None:
    """Inside the test's transaction the skill is gone, after it the skill is there."""
    skill = push()
    connection = parts.store.connection
    connection.execute("BEGIN")
    connection.execute("DELETE FROM resources")
    assert refusal(refer)[0] == "NOT_FOUND"
    connection.execute("ROLLBACK")
    assert refer() == skill


def test_of_two_rows_of_one_identity_the_lower_id_answers(
    parts: Registry, refer: Refer, skills: SkillClient, api: Generation
) -> None:
    """As in the real server, whose races leave such rows; the other one comes after a deletion."""
    for row_id in ("skl-2", "skl-1"):
        skill = saved(api, "calc")
        skill.metadata.id = row_id
        parts.store.save_resource("skill", row_id, skill)
    assert refer().metadata.id == "skl-1"
    skills.delete(api.SkillId(value="skl-1"))
    assert refer().metadata.id == "skl-2"


def test_an_id_is_that_of_the_row(parts: Registry, push: Push, api: Generation) -> None:
    """Whatever the message in it says."""
    parts.store.save_resource("skill", "skl-row", saved(api, "calc"))
    assert push().metadata.id == "skl-row"


def test_a_row_without_metadata_has_no_slug(
    parts: Registry, refer: Refer, api: Generation, refusal: Refusal
) -> None:
    """It is readable, and no reference can name it."""
    parts.store.save_resource("skill", "skl-1", api.Skill())
    assert refusal(refer)[0] == "NOT_FOUND"


class Overtaken:
    """A slow reading of all skills in one thread, overtaken by two pushes in another.

    The second push waits in the middle for the reading to end, or for a moment, should the reading
    keep pushes out.
    """

    def __init__(self, path: Path, api: Generation) -> None:
        self.in_the_middle = threading.Event()
        self.ended = threading.Event()
        self.reader = threading.Thread(target=self.read)
        self.pusher = threading.Thread(target=self.push_two)
        self.api = api
        recipe = replace(
            REFERENCE,
            index=lambda *given: _SlowIndex(self, *given),
            skills=lambda *given, **more: _Interrupted(self, *given, **more),
        )
        self.parts = Registry(path, generation=api, recipe=recipe)

    def push(self, name: str) -> Any:
        """Push a skill and return it."""
        request = self.api.PushSkillRequest(name=name, artifact=artifact(files={}))
        return self.parts.client().push(request)

    def push_two(self) -> None:
        """Push two skills."""
        self.push("First")
        self.push("Second")

    def read(self) -> None:
        """Look for a skill."""
        self.parts.skills.index.find(Identity("", "none"))
        self.ended.set()


class _SlowIndex(SlugIndex):
    def __init__(self, overtaken: Overtaken, *given: Any) -> None:
        super().__init__(*given)
        self._overtaken = overtaken

    def _read(self, revision: object) -> Snapshot:
        snapshot = super()._read(revision)
        if threading.current_thread() is self._overtaken.reader:
            self._overtaken.pusher.start()
            self._overtaken.in_the_middle.wait(timeout=0.2)
        return snapshot


class _Interrupted(SkillController):
    def __init__(self, overtaken: Overtaken, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._overtaken = overtaken

    def write(self, skill: Skill, message: Any) -> None:
        super().write(skill, message)
        if skill.metadata.slug == "second":
            self._overtaken.in_the_middle.set()
            self._overtaken.ended.wait(timeout=10)


def test_a_slow_reading_in_one_thread_loses_no_push_of_another(
    tmp_path: Path, api: Generation
) -> None:
    """It never takes the place of what a push in the middle of its transaction has read."""
    overtaken = Overtaken(tmp_path / "threads.db", api)
    with overtaken.parts:
        overtaken.reader.start()
        overtaken.reader.join()
        overtaken.pusher.join()
        first = overtaken.parts.skills.index.find(Identity("", "first"))
        assert overtaken.push("First").metadata.id == first
        assert len(overtaken.parts.store.list_resources("skill")) == 2
