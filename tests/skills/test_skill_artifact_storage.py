"""Artifacts on disk: one file for each content, found by its hash and by nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import StatusError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from pathlib import Path

DATA = b"PK artifact"
HASH = hashlib.sha256(DATA).hexdigest()
KEY = f"skills/{HASH}.zip"


@pytest.fixture
def storage(tmp_path: Path) -> ArtifactStorage:
    """Give a storage whose root does not exist yet."""
    return ArtifactStorage(tmp_path / "not found" / "storage")


@pytest.fixture(scope="session")
def watched() -> list[str]:
    """Note every path that this process opens; a hook of this sort cannot be removed."""
    paths: list[str] = []
    sys.addaudithook(lambda event, given: paths.append(str(given[0])) if event == "open" else None)
    return paths


@pytest.fixture
def opened(watched: list[str]) -> list[str]:
    """Give the paths that the test opens."""
    del watched[:]
    return watched


def failure(storage: ArtifactStorage, key: str) -> tuple[str, str]:
    """Return code and details of a read that must fail."""
    with pytest.raises(StatusError) as failed:
        storage.read(key)
    return failed.value.code, failed.value.details


def pushed(parts: Registry, skill_md: str) -> Any:
    """Push a small skill."""
    data = artifact(skill_md=skill_md, files={})
    request = parts.generation.PushSkillRequest(name="Calc", artifact=data)
    return parts.client().push(request)


def in_another_process(database: Path) -> str:
    """Take the write lock elsewhere and count the versions, or say why not."""
    script = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try:\n"
        "    c.execute('BEGIN IMMEDIATE')\n"
        "    print(*c.execute('SELECT count(*) FROM resource_audit').fetchone())\n"
        "except sqlite3.OperationalError as error:\n"
        "    print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, database], capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def test_a_folder_in_the_place_of_an_artifact_is_an_internal_error(
    storage: ArtifactStorage,
) -> None:
    """It is said without a path of the machine, on both sides, and nothing is left beside it."""
    (storage.root / KEY).mkdir(parents=True)
    with pytest.raises(StatusError) as failed:
        storage.store(DATA)
    for code, details in ((failed.value.code, failed.value.details), failure(storage, KEY)):
        assert (code, str(storage.root) in details) == ("INTERNAL", False)
    assert [path.name for path in (storage.root / "skills").iterdir()] == [f"{HASH}.zip"]


def test_a_file_in_the_place_of_the_folder_is_an_internal_error_for_storing(
    storage: ArtifactStorage,
) -> None:
    """Reading finds nothing, storing says why it cannot, and neither names the root."""
    storage.root.mkdir(parents=True)
    (storage.root / "skills").write_bytes(b"")
    with pytest.raises(StatusError) as failed:
        storage.store(DATA)
    assert (failed.value.code, str(storage.root) in failed.value.details) == ("INTERNAL", False)
    assert failure(storage, KEY)[0] == "NOT_FOUND"


def test_discarding_leaves_a_file_that_was_stored_again_since(storage: ArtifactStorage) -> None:
    """By now another push relies on it."""
    mine = storage.store(DATA)
    storage.store(DATA)
    storage.discard(mine)
    assert storage.read(KEY) == DATA


def test_what_is_no_file_of_its_own_is_neither_followed_nor_opened(
    storage: ArtifactStorage, tmp_path: Path, opened: list[str]
) -> None:
    """A link, a second name and a pipe under a key are damage, even where the content is right."""
    storage.store(DATA)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(DATA)
    path = storage.root / KEY
    for plant in (path.symlink_to, path.hardlink_to, lambda _: os.mkfifo(path)):
        path.unlink()
        plant(elsewhere)
        del opened[:]
        code, details = failure(storage, KEY)
        assert (code, KEY in details, opened) == ("DATA_LOSS", True, [])
    storage.store(DATA)
    assert storage.read(KEY) == DATA


def test_a_planted_link_to_the_database_costs_no_lock(tmp_path: Path) -> None:
    """Another process cannot write while this one does, whatever was read under a key meanwhile."""
    with Registry(tmp_path / "stigmer.db") as parts:
        skill = pushed(parts, "# one")
        path = parts.artifacts.root / skill.status.artifact_storage_key
        path.unlink()
        path.symlink_to(parts.store.path)
        with parts.store.transaction():
            pushed(parts, "# two")
            with pytest.raises(StatusError, match="DATA_LOSS"):
                parts.artifacts.read(skill.status.artifact_storage_key)
            assert in_another_process(parts.store.path) == "database is locked"
        assert in_another_process(parts.store.path) == "2"


def test_a_file_that_is_being_written_is_not_swept(tmp_path: Path) -> None:
    """Who writes holds the lock; who opens meanwhile leaves the file alone."""
    with Registry(tmp_path / "stigmer.db") as parts:
        folder = (parts.artifacts.root / pushed(parts, "# one").status.artifact_storage_key).parent
        half = folder / "tmp0123456789abcdef"
        with parts.store.transaction():
            half.write_bytes(b"half")
            with Registry(parts.path) as second:
                second.store.connection.execute("PRAGMA busy_timeout = 10")
                assert second.skills
            assert half.exists()
