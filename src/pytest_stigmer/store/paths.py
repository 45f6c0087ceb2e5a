"""Which paths a store takes, and the folders it makes for them."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_stigmer.errors import InvalidPath, PathNotWritable

_FOLDER_MODE = 0o755


def checked_path(path: str | os.PathLike[str]) -> Path:
    """Return the path of a database file; raise InvalidPath for a form that is no file.

    Refused are '', ':memory:', 'file:' URIs, also behind './', and a NUL. Any other character is
    ordinary, `?` too.
    """
    text = os.fspath(path)
    if not isinstance(text, str):
        msg = f"a store's path is str or PathLike[str], not {type(text).__name__}"
        raise TypeError(msg)
    path = Path(text)
    if text == "" or str(path) == ":memory:" or str(path).startswith("file:") or "\0" in text:
        raise InvalidPath.not_a_file(text)
    return path


def make_parent(path: Path) -> None:
    """Make the missing folders above the file, each with mode 0755 less the umask."""
    try:
        if not path.parent.is_dir():
            _make_folders(path)
        is_folder = path.is_dir()
    except OSError as error:  # a name that is too long as well
        raise PathNotWritable.because(path, error) from error
    if is_folder:
        raise PathNotWritable.because(path, "it is a directory")


def _make_folders(path: Path) -> None:
    missing = [folder for folder in path.parents if not folder.is_dir()]
    for folder in reversed(missing):
        folder.mkdir(_FOLDER_MODE, exist_ok=True)
