"""The storage of artifacts: one file for each content, under a name that is its hash."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pytest_stigmer.errors import StatusError

_FOLDER = "skills"
_KEY = re.compile(r"skills/([0-9a-f]{64})\.zip", re.ASCII)
_TEMPORARY = re.compile(r"tmp[0-9a-f]{16}", re.ASCII)


class FileIdentity(NamedTuple):
    """Which file a name led to, so that one that took its place is told apart."""

    inode: int
    changed_at: int


class StoredArtifact(NamedTuple):
    """Where an artifact lies; `created` is set when nothing lay there before."""

    key: str
    created: FileIdentity | None


class ArtifactStorage:
    """Files `skills/<64 hex>.zip` under a root folder, which is made with the first of them.

    No text of an error holds a path of the machine.
    Source: stigmer b070f18,
    backend/services/stigmer-server/pkg/domain/skill/storage/artifact_storage.go.
    """

    def __init__(self, root: Path) -> None:
        self._root = Path(root)

    @property
    def root(self) -> Path:
        """The folder that the keys are relative to."""
        return self._root

    def key_of(self, version_hash: str) -> str:
        """Return the key under which the content of this hash is stored."""
        return f"{_FOLDER}/{version_hash}.zip"

    def store(self, data: bytes) -> StoredArtifact:
        """Write the artifact under its key, over whatever file stands there.

        Equal content is written again rather than looked at: it costs the same as the comparison
        would, and an artifact that another push relies on becomes another file than the one a
        failed push made. Raises StatusError INTERNAL when it cannot be written.
        """
        key = self.key_of(sha256(data).hexdigest())
        path = self.path_of(key)
        try:
            existed = os.path.lexists(path)
            identity = _write(path, data)
        except OSError as error:
            raise StatusError(
                "INTERNAL", f"failed to store artifact: {key}: {error.strerror}"
            ) from error
        return StoredArtifact(key, None if existed else identity)

    def read(self, key: str) -> bytes:
        """Return the artifact of this key.

        Raises StatusError: NOT_FOUND for a key that is not stored or not of the form above,
        DATA_LOSS when the content is not the one that the key names or no file of its own holds it,
        INTERNAL when the file cannot be read.
        """
        path = self.path_of(key)
        try:
            data = self.content(path)
        except (FileNotFoundError, NotADirectoryError):
            raise self.missing(key) from None
        except OSError as error:
            raise StatusError(
                "INTERNAL",
                f"failed to load skill artifact: failed to read artifact: {error.strerror}",
            ) from error
        if data is None:
            raise self.damaged(key, "another file lies there")
        self.verify(key, data)
        return data

    def content(self, path: Path) -> bytes | None:
        """Return what the file holds; None, unopened, when it is no plain file of its own."""
        return plain_content(path)

    def discard(self, artifact: StoredArtifact) -> None:
        """Remove the file that a failed push created, unless another push has stored it since."""
        path = self.path_of(artifact.key)
        try:
            if artifact.created == _identity(path.lstat()):
                path.unlink()
        except OSError:
            # What stays behind is a complete artifact that nothing names: harmless, and reused by
            # its hash.
            return

    def leftovers(self) -> list[Path]:
        """Return the files of unfinished writes: of killed pushes, and of those under way."""
        try:
            with os.scandir(self._root / _FOLDER) as found:
                return [Path(file.path) for file in found if _TEMPORARY.fullmatch(file.name)]
        except OSError:
            return []

    def sweep(self, leftovers: list[Path]) -> None:
        """Remove the files of unfinished writes, while nobody can be writing any of them."""
        for path in leftovers:
            with contextlib.suppress(OSError):
                path.unlink()

    def path_of(self, key: str) -> Path:
        """Return the file of a key; raise NOT_FOUND for any key that could lead elsewhere."""
        if not _KEY.fullmatch(key):
            raise self.missing(key)
        return self._root / key

    def verify(self, key: str, data: bytes) -> None:
        """Raise DATA_LOSS unless the content is the one that the key names."""
        if key != self.key_of(sha256(data).hexdigest()):
            raise self.damaged(key, "its content has another hash")

    def damaged(self, key: str, why: str) -> StatusError:
        """Build the answer for a key that leads to something else than its artifact."""
        return StatusError("DATA_LOSS", f"skill artifact {key} is damaged: {why}; push it again")

    def missing(self, key: str) -> StatusError:
        """Build the answer for a key that leads to no artifact."""
        return StatusError("NOT_FOUND", f"skill artifact not found: {key}")


def is_plain(found: os.stat_result) -> bool:
    """Whether this is a file, and known by one name."""
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def plain_content(path: Path) -> bytes | None:
    """Return what a file holds; None, unopened, for a link, a pipe or a file of two names.

    Closing a second descriptor of the database, by whatever name, drops the locks that this process
    holds on it, and the next acknowledged write can be lost. Raises OSError, also for a folder.
    """
    expected = path.lstat()
    if stat.S_ISDIR(expected.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not is_plain(expected):
        return None
    with open(path, "rb", opener=_of_a_file) as file:
        return file.read() if os.path.samestat(os.fstat(file.fileno()), expected) else None


def _write(path: Path, data: bytes) -> FileIdentity:
    """Write beside the target, for the owner alone, and rename: no reader ever sees a part."""
    # The name is known before the file is there, so that an interruption leaves none.
    temporary = path.with_name(f"tmp{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb", opener=_for_the_owner) as file:
            file.write(data)
            file.flush()
            identity = _identity(os.fstat(file.fileno()))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return identity


def _for_the_owner(path: str, flags: int) -> int:
    """Open a new file, in a folder made with the first of them."""
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o600)


def _of_a_file(path: str, flags: int) -> int:
    """Open neither what a link leads to nor, with a wait, a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _identity(found: os.stat_result) -> FileIdentity:
    return FileIdentity(found.st_ino, found.st_mtime_ns)
