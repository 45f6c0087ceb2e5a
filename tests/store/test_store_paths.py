"""Which paths a store takes, what it creates on the way, and why it refuses one."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import InvalidPath, PathNotWritable
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE = StringValue(value="1")


def test_missing_folders_are_made(opened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    """All folders above the file are created, with mode 0755, the file with 0644."""
    path = tmp_path / "a" / "b" / "stigmer.db"
    opened(path).save_resource("skill", "a", ONE)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parents[1])]
    assert modes == [0o644, 0o755, 0o755]


@pytest.mark.parametrize("name", ["x?y.db", "a#b.db", "%41.db", "ü b.db", "x?mode=memory"])
def test_every_character_of_a_path_is_ordinary(
    opened: Callable[..., SqliteStore], tmp_path: Path, name: str
) -> None:
    """No part of a path is read as a query or an escape."""
    assert opened(tmp_path / name).path == tmp_path / name
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize(
    "path",
    [
        "",
        ":memory:",
        "./:memory:",
        "file:x.db",
        "./file:x.db",
        "file::memory:?cache=shared",
        "a\0b",
    ],
)
def test_path_that_is_no_file_is_refused(path: str) -> None:
    """Forms that would open another database for each connection are refused by name."""
    with pytest.raises(InvalidPath, match="not the path of a database file"):
        SqliteStore(path)


def test_bytes_path_is_a_type_error() -> None:
    """A path is text or PathLike."""
    with pytest.raises(TypeError, match="not bytes"):
        SqliteStore(b"x.db")  # type: ignore[arg-type]


def test_name_that_is_too_long_is_not_writable(tmp_path: Path) -> None:
    """A refusal of the file system is a named error, also when a recipe writes the file."""
    for open_it in (SqliteStore, lambda path: Registry(path).store):
        with pytest.raises(PathNotWritable, match="too long"):
            open_it(tmp_path / ("n" * 300))


def test_folder_as_path_is_not_writable(tmp_path: Path) -> None:
    """A folder is named as the reason."""
    with pytest.raises(PathNotWritable, match="it is a directory"):
        SqliteStore(tmp_path)


def test_path_below_a_regular_file_is_not_writable(tmp_path: Path) -> None:
    """A file where a folder would have to be is named in the error."""
    (tmp_path / "file").write_text("")
    with pytest.raises(PathNotWritable, match=r"cannot write .*stigmer\.db"):
        SqliteStore(tmp_path / "file" / "deeper" / "stigmer.db")


def test_folder_that_takes_no_files_is_not_writable() -> None:
    """A folder where not even root creates files gives the same error."""
    with pytest.raises(PathNotWritable):
        SqliteStore("/proc/stigmer.db")
