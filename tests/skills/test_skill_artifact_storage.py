"""Artifacts on disk: one file for each content, found by its hash and by nothing else."""

from __future__ import annotations

import hashlib
import os
import stat
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
OUTSIDE = [
    "",
    "skills",
    "skills/",
    f"skills/{HASH}",
    f"skills/{HASH}.ZIP",
    f"skills/{HASH.upper()}.zip",
    f"skills/{HASH}.zip\n",
    f"skills/{HASH[:-1]}.zip",
    f"/skills/{HASH}.zip",
    f"./skills/{HASH}.zip",
    f"skills/../skills/{HASH}.zip",
    f"skills\\{HASH}.zip",
    "skills/\0.zip",
    "../stigmer.db",
    "../../../../etc/hostname",
    "/etc/hostname",
    "invalid-key-format",
    "x" * 5000,
]


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


def test_the_key_of_an_artifact_is_its_hash(storage: ArtifactStorage) -> None:
    """The word skills, a slash, 64 hexadecimal digits and .zip."""
    assert storage.store(DATA).key == KEY


def test_a_stored_artifact_is_read_back(storage: ArtifactStorage) -> None:
    """Byte for byte."""
    assert storage.read(storage.store(DATA).key) == DATA


def test_an_artifact_is_readable_by_its_owner_alone(storage: ArtifactStorage) -> None:
    """The mode of the file is 0600."""
    storage.store(DATA)
    assert stat.S_IMODE((storage.root / KEY).stat().st_mode) == 0o600


def test_the_folder_is_made_with_the_first_artifact(storage: ArtifactStorage) -> None:
    """A registry without a push leaves nothing on disk."""
    assert not storage.root.exists()
    storage.store(DATA)
    assert [path.name for path in (storage.root / "skills").iterdir()] == [f"{HASH}.zip"]


def test_equal_content_is_one_file(storage: ArtifactStorage) -> None:
    """The second time nothing is created, and the content stays right."""
    first, second = storage.store(DATA), storage.store(DATA)
    assert (first.key, bool(first.created)) == (KEY, True)
    assert (second.key, bool(second.created)) == (KEY, False)
    assert [path.read_bytes() for path in (storage.root / "skills").iterdir()] == [DATA]


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_of_another_form_leads_nowhere(key: str, storage: ArtifactStorage) -> None:
    """It is not found, whatever file it would lead to."""
    storage.store(DATA)
    assert failure(storage, key) == ("NOT_FOUND", f"skill artifact not found: {key}")


def test_a_file_beside_the_artifacts_is_none(storage: ArtifactStorage) -> None:
    """A backup, or what a killed writer left, has no key."""
    storage.store(DATA)
    (storage.root / f"{KEY}.bak").write_bytes(DATA)
    assert failure(storage, f"{KEY}.bak")[0] == "NOT_FOUND"


def test_a_key_that_is_not_stored_is_not_found(storage: ArtifactStorage) -> None:
    """Before and after the folder is made."""
    missing = f"skills/{'0' * 64}.zip"
    assert failure(storage, missing) == ("NOT_FOUND", f"skill artifact not found: {missing}")
    storage.store(DATA)
    assert failure(storage, missing) == ("NOT_FOUND", f"skill artifact not found: {missing}")


@pytest.mark.parametrize("content", [b"", DATA[:-1], b"junk"])
def test_content_of_another_hash_is_data_loss(content: bytes, storage: ArtifactStorage) -> None:
    """A file cut short or replaced is never handed out."""
    storage.store(DATA)
    (storage.root / KEY).write_bytes(content)
    code, details = failure(storage, KEY)
    assert (code, KEY in details) == ("DATA_LOSS", True)


def test_a_planted_file_is_replaced(storage: ArtifactStorage) -> None:
    """Storing does not believe what stands under the key."""
    (storage.root / "skills").mkdir(parents=True)
    (storage.root / KEY).write_bytes(b"junk")
    storage.store(DATA)
    assert storage.read(KEY) == DATA


def test_a_planted_link_is_replaced_and_its_target_left_alone(
    storage: ArtifactStorage, tmp_path: Path
) -> None:
    """A push cannot be made to write elsewhere."""
    target = tmp_path / "target"
    target.write_bytes(b"precious")
    (storage.root / "skills").mkdir(parents=True)
    (storage.root / KEY).symlink_to(target)
    storage.store(DATA)
    assert (storage.read(KEY), target.read_bytes()) == (DATA, b"precious")


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


def test_discarding_removes_the_file_that_was_created(storage: ArtifactStorage) -> None:
    """A failed push leaves no artifact that it alone made."""
    storage.discard(storage.store(DATA))
    assert list((storage.root / "skills").iterdir()) == []


def test_discarding_leaves_a_file_that_was_there_before(storage: ArtifactStorage) -> None:
    """Another version relies on it."""
    storage.store(DATA)
    storage.discard(storage.store(DATA))
    assert storage.read(KEY) == DATA


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


def test_half_written_files_are_swept_at_the_next_opening(tmp_path: Path) -> None:
    """Those of killed pushes; a file of another name stays, and so do artifacts."""
    with Registry(tmp_path / "stigmer.db") as parts:
        key = pushed(parts, "# one").status.artifact_storage_key
        folder = (parts.artifacts.root / key).parent
    for name in ("tmp0123456789abcdef", "tmpfile"):
        (folder / name).write_bytes(b"half")
    with Registry(tmp_path / "stigmer.db") as parts:
        assert parts.skills
        assert {path.name for path in folder.iterdir()} == {key.removeprefix("skills/"), "tmpfile"}


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
