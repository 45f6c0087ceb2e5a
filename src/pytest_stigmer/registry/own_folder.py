"""A temporary folder that one process owns, and what becomes of it when that process is killed.

The owner holds a lock on a file in it, which ends with the process, however that ends: unlike a
process id it is never somebody else's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

try:
    import fcntl
except ImportError:  # a system without such locks, where folders are swept by their age alone
    fcntl = None  # type: ignore[assignment]

KEPT = ".kept"
"""A folder with a file of this name stays."""

_LOCK = ".lock"
_PREFIXES = ("pytest-stigmer-", "stigmer-serve-")
_ABANDONED_AFTER = 3 * 24 * 3600


@dataclass
class OwnFolder:
    """A folder that exists until `remove`, or until its process ends and somebody sweeps."""

    path: Path
    _descriptor: int

    @classmethod
    def create(cls, prefix: str, parent: Path | None = None) -> Self:
        """Make one below `parent`, by default the system's temporary folder, and sweep there."""
        while True:
            path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            descriptor = _locked(path)
            if descriptor is not None:
                sweep(path.parent)
                return cls(path, descriptor)

    def remove(self) -> None:
        """Delete it with all that is in it, unless that is kept."""
        if not (self.path / KEPT).exists():
            shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.close(self._descriptor)


def sweep(parent: Path | None = None) -> None:
    """Delete the folders whose owners are gone; those in use, and those to be kept, stay."""
    parent = parent or Path(tempfile.gettempdir())
    for prefix in _PREFIXES:
        for folder in parent.glob(f"{prefix}*"):
            with suppress(OSError):
                _sweep(folder)


def _sweep(folder: Path) -> None:
    if (folder / KEPT).exists():
        return
    if not (folder / _LOCK).exists():
        # It is just being made, or of an older release: only its age tells.
        if _is_old(folder):
            shutil.rmtree(folder)
        return
    descriptor = _locked(folder)
    if descriptor is not None:
        try:
            if fcntl is not None or _is_old(folder):
                shutil.rmtree(folder)
        finally:
            os.close(descriptor)


def _locked(folder: Path) -> int | None:
    """Take the lock of a folder; None when somebody has it, or has deleted the folder."""
    path = folder / _LOCK
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(path.stat(), os.fstat(descriptor)):
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _is_old(folder: Path) -> bool:
    """Tell by the file system's own clock, which no test freezes."""
    with tempfile.TemporaryFile(dir=folder.parent) as now:
        return folder.stat().st_mtime < os.fstat(now.fileno()).st_mtime - _ABANDONED_AFTER
