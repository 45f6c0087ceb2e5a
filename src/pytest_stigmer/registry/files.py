"""A database and the folder of its artifacts: where they lie, and what is done to both."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Self

from pytest_stigmer.errors import UsageError
from pytest_stigmer.skills.artifact_storage import is_plain, plain_content
from pytest_stigmer.store.backup import backup
from pytest_stigmer.store.connection import checked_path, delete_database
from pytest_stigmer.store.faults import replace_database


@dataclass(frozen=True)
class RegistryFiles:
    """The files of one registry; a database is only touched by what says that none is open."""

    database: Path
    artifacts: Path

    @classmethod
    def of(cls, path: str | PathLike[str]) -> Self:
        """Name the files that belong to a database; raise InvalidPath for a path that is none."""
        database = checked_path(path)
        return cls(database, database.with_name(f"{database.name}.artifacts"))

    def beside(self, suffix: str) -> RegistryFiles:
        """Name the files of a database beside this one, whose name goes on with `suffix`."""
        return self.of(self.database.with_name(f"{self.database.name}{suffix}"))

    @property
    def exist(self) -> bool:
        """Whether there is a database or a folder of artifacts."""
        return self.database.exists() or self.artifacts.exists()

    def delete(self) -> None:
        """Delete a closed database, its side files and all artifacts; what is gone is gone."""
        delete_database(self.database)
        shutil.rmtree(self.artifacts, ignore_errors=True)

    def copy_to(self, target: RegistryFiles) -> None:
        """Copy what is committed, from an open database too, and the artifacts.

        Raises the errors of `backup` and OSError; a copy that fails leaves nothing.
        """
        with target.gone_if_it_fails():
            backup(self.database, target.database)
            self.copy_artifacts_to(target)

    def copy_artifacts_to(self, target: RegistryFiles) -> None:
        """Put a copy of the artifacts in the place of the target's."""
        shutil.rmtree(target.artifacts, ignore_errors=True)
        if self.artifacts.exists():
            shutil.copytree(self.artifacts, target.artifacts, ignore=_not_artifacts)

    def move_artifacts_to(self, target: RegistryFiles) -> None:
        """Put the artifacts themselves in the place of the target's."""
        shutil.rmtree(target.artifacts, ignore_errors=True)
        if self.artifacts.exists():
            self.artifacts.replace(target.artifacts)

    @contextmanager
    def gone_if_it_fails(self) -> Iterator[None]:
        """Delete these files when the block that makes them fails."""
        try:
            yield
        except BaseException:
            self.delete()
            raise

    def replace(self, image: bytes, artifacts: Mapping[str, bytes] | None) -> None:
        """Leave the bytes of another database, where none is open, and exactly these artifacts.

        None leaves the artifacts as they are.
        """
        replace_database(self.database, image)
        if artifacts is None:
            return
        shutil.rmtree(self.artifacts, ignore_errors=True)
        for key, data in artifacts.items():
            self.write_artifact(key, data)

    def artifact(self, key: str) -> Path:
        """Return where an artifact lies; raise UsageError for a key that leaves the folder."""
        parts = PurePosixPath(key.replace("\\", "/")).parts
        path = self.artifacts / key
        # A link that an earlier step has put there leads out too.
        is_below = path.parent.resolve().is_relative_to(self.artifacts.resolve())
        if not parts or key.startswith("/") or ".." in parts or not is_below:
            raise UsageError(f"{key!r} leaves the artifact folder; write a key below it")
        return path

    def write_artifact(self, key: str, data: bytes) -> None:
        """Write a file below the folder of artifacts, past the API."""
        path = self.artifact(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)

    def remove_artifact(self, key: str) -> None:
        """Remove a file, or a folder with all in it; what is gone is gone."""
        path = self.artifact(key)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def link_artifact(self, key: str, target: str) -> None:
        """Put a symbolic link in the place of an artifact."""
        path = self.artifact(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def artifact_contents(self) -> dict[str, bytes]:
        """Return the content of every plain file below the folder of artifacts, by its key."""
        return {
            path.relative_to(self.artifacts).as_posix(): data
            for path in sorted(self.artifacts.rglob("*"))
            if not path.is_dir() and (data := plain_content(path)) is not None
        }


def _not_artifacts(folder: str, names: list[str]) -> list[str]:
    """Name what is not copied: links and the like, and what a killed process left half-written."""
    return [name for name in names if name.startswith("tmp") or not _is_kept(Path(folder, name))]


def _is_kept(path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) or is_plain(found)
