"""The folder of a run's databases: flat, one per process, removed at the end unless kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from pytest_stigmer.registry.files import RegistryFiles
from pytest_stigmer.registry.own_folder import KEPT, OwnFolder

_PREFIX = "pytest-stigmer-"
_NAME_LENGTH = 60
# A path begins where a word does; tried from each of its characters, a long word takes for ever.
_IN_A_SCRATCH_FOLDER = re.compile(rf"(?<![^\s\"'])[^\s\"']*[/\\]{_PREFIX}\w+-\w+[/\\]([\w.-]+)")


@dataclass
class Scratch:
    """A folder that no other process uses; names in it are unique per test and purpose."""

    own: OwnFolder
    _used: dict[str, int] = field(default_factory=dict)
    _spared: set[Path] = field(default_factory=set)
    _fork: str = ""

    @classmethod
    def create(cls, worker: str, parent: Path | None = None) -> Scratch:
        """Make the folder below `parent`, by default the system's temporary folder.

        What killed runs left there is swept away.
        """
        return cls(OwnFolder.create(f"{_PREFIX}{worker}-", parent))

    @property
    def folder(self) -> Path:
        """Where the databases lie."""
        return self.own.path

    def database(self, test_id: str) -> Path:
        """Return a path for a new database of a test: its cleaned, shortened id plus a hash."""
        name = f"{_clean(test_id)}-{hashlib.sha256(test_id.encode()).hexdigest()[:10]}"
        name += self._fork
        count = self._used[name] = self._used.get(name, 0) + 1
        return self.folder / (f"{name}.db" if count == 1 else f"{name}-{count}.db")

    def share(self, fork: int) -> None:
        """Take other names than the process that this one was forked from."""
        self._fork = f"-fork{fork}"

    def keep(self) -> None:
        """Leave the folder in place at the end of the run."""
        (self.folder / KEPT).touch()

    def spare(self, database: Path) -> None:
        """Leave a database in place when it is discarded."""
        self._spared.add(database)

    def discard(self, database: Path) -> None:
        """Delete a closed database with its side files and artifacts, unless it is spared."""
        if database in self._spared:
            return
        RegistryFiles.of(database).delete()

    def remove(self) -> None:
        """Delete the folder, unless a database in it is kept."""
        self.own.remove()


def without_scratch(text: str) -> str:
    """Put a word for the paths of scratch databases, which are others in every run."""
    return _IN_A_SCRATCH_FOLDER.sub("DATABASE", text)


def _clean(test_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", test_id).strip("-.")[-_NAME_LENGTH:]
