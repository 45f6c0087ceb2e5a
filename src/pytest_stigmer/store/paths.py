"""Which paths a store takes, and the folders it makes for them."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_stigmer.errors import InvalidPath, PathNotWritable

_FOLDER_MODE = 0o755


def checked_path(path: str | os.PathLike[str]) -> Path:
    """Return the path of a database file; raise InvalidPath for a form that is no file.

    Refused are '', ':memory:', 'file:' URIs and a NUL. Any other character is ordinary, `?` too.
    """
    text = os.fspath(path)
    if not isinstance(text, str):
        msg = f"a store's path is str or PathLike[str], not {type(text).__name__}"
        raise TypeError(msg)
    if text in {"", ":memory:"} or text.startswith("file:") or "\0" in text:
        raise InvalidPath.not_a_file(text)
    return Path(text)


def make_parent(path: Path) -> None:
    """Make the missing folders above the file, each with mode 0755 less the umask."""
    if not path.parent.is_dir():
        missing = [folder for folder in path.parents if not folder.is_dir()]
        try:
            for folder in reversed(missing):
                folder.mkdir(_FOLDER_MODE, exist_ok=True)
        except OSError as error:
            raise PathNotWritable.because(path, error) from error
    if path.is_dir():
        raise PathNotWritable.because(path, "it is a directory")
