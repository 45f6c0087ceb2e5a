"""Copies of a namespace: whole or not there, and never in the way of the next one."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.registry import files
from pytest_stigmer.service.namespace import Namespace
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stigmer.factories.factory import Factory

API = load("bundled")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Give the database's place."""
    return tmp_path / "stigmer.db"


@pytest.fixture
def namespace(database: Path) -> Iterator[Namespace]:
    """Give a namespace in this process, without a wire."""
    with closing(Namespace(database, API, "", log=[].append)) as opened:
        yield opened


@pytest.fixture
def pushed(namespace: Namespace, stigmer_factory: Factory) -> Any:
    """Give a skill that was pushed to the namespace."""
    return SkillClient(API, namespace).push(stigmer_factory.push_request(name="Calculator"))


def no_space(*_: Any, **__: Any) -> None:
    """Refuse to copy, as a full disk does."""
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("pushed")
def test_a_snapshot_that_fails_leaves_nothing_and_the_next_one_is_taken(
    namespace: Namespace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is a status without a path, the half copy is gone, its number comes no more."""
    before = sorted(database.parent.rglob("*"))
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copytree", no_space)
        with pytest.raises(StatusError) as caught:
            namespace.snapshot()
    assert str(caught.value) == "INTERNAL: cannot take a snapshot: No space left on device"
    assert sorted(database.parent.rglob("*")) == before
    assert namespace.snapshot() == "2"
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copytree", no_space)
        with pytest.raises(StatusError, match="cannot restore the snapshot: No space left"):
            namespace.restore("2")
    namespace.restore("2")
    with pytest.raises(StatusError, match="NOT_FOUND: no snapshot '1' was taken"):
        namespace.restore("1")


@pytest.mark.usefixtures("pushed")
def test_artifacts_that_cannot_be_copied_are_a_status(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What copytree collects becomes one line that names no file."""

    def vanished(source: str, target: str, **_: Any) -> None:
        raise shutil.Error([(source, target, "gone")])

    monkeypatch.setattr(shutil, "copytree", vanished)
    with pytest.raises(StatusError) as caught:
        namespace.snapshot()
    assert caught.value.details == "cannot take a snapshot: some artifacts cannot be copied"


@pytest.mark.parametrize("left", ["snapshot-1", "snapshot-1.artifacts"])
def test_a_copy_that_another_process_left_is_passed_over(
    namespace: Namespace, database: Path, left: str
) -> None:
    """A number that is taken on disk is not used; the file that took it stays."""
    other = database.with_name(f"{database.name}.{left}")
    other.mkdir()
    assert namespace.snapshot() == "2"
    namespace.close()
    assert other.exists()


def test_a_reset_that_fails_leaves_a_namespace_that_answers(
    namespace: Namespace, pushed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its registry is open again, and the next reset empties it."""
    skills, skill_id = SkillClient(API, namespace), API.SkillId(value=pushed.metadata.id)
    with monkeypatch.context() as patched:
        patched.setattr(files, "delete_database", no_space)
        with pytest.raises(StatusError, match="INTERNAL: cannot reset the namespace: No space"):
            namespace.reset()
    assert skills.get(skill_id) == pushed
    namespace.reset()
    with pytest.raises(StatusError, match="NOT_FOUND"):
        skills.get(skill_id)
