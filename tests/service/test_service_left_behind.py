"""What a killed process leaves behind is swept by the next one, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_stigmer.harness.scratch import Scratch
from pytest_stigmer.registry.own_folder import OwnFolder, sweep


def test_a_killed_server_leaves_nothing_once_a_command_has_run(
    serving: Any, tmp_path: Path
) -> None:
    """Its folder is deleted by the next command, that of a server which still runs is not."""
    with (
        serving("--quiet", TMPDIR=str(tmp_path)) as running,
        serving("--quiet", TMPDIR=str(tmp_path)) as killed,
    ):
        killed.process.kill()
        killed.end()
        folders = {Path(served.ready["database"]).parent for served in (running, killed)}
        assert set(tmp_path.iterdir()) == folders
        command = [sys.executable, "-m", "pytest_stigmer.cli", "defects"]
        subprocess.run(command, check=True, capture_output=True, env={"TMPDIR": str(tmp_path)})
        assert list(tmp_path.iterdir()) == [Path(running.ready["database"]).parent]


KILLED = """
import os, sys
from pathlib import Path
from pytest_stigmer.harness.scratch import Scratch
Scratch.create("gw0", Path(sys.argv[1]))
os._exit(1)
"""


def test_the_empty_folder_of_a_killed_worker_is_swept_by_the_next_run(tmp_path: Path) -> None:
    """However young it is: nobody holds its lock."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    own = Scratch.create("main", tmp_path)
    assert list(tmp_path.iterdir()) == [own.folder]


@pytest.mark.parametrize("there", [[".lock", ".kept"], []])
def test_what_is_kept_or_just_being_made_is_not_swept(tmp_path: Path, there: list[str]) -> None:
    """A folder with a mark to keep it, and one without a lock yet, stay."""
    folder = tmp_path / "pytest-stigmer-main-x"
    folder.mkdir()
    for name in there:
        (folder / name).touch()
    sweep(tmp_path)
    assert folder.is_dir()


def test_a_folder_that_is_swept_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner notices that its lock is on a file that is gone."""
    made: list[Path] = []

    def swept_at_once(prefix: str, dir: Path) -> str:  # noqa: A002 - as of tempfile
        path = dir / f"{prefix}{len(made)}"
        if made:
            path.mkdir()
        made.append(path)
        return str(path)

    monkeypatch.setattr("tempfile.mkdtemp", swept_at_once)
    own = OwnFolder.create("pytest-stigmer-main-", tmp_path)
    assert (own.path, len(made)) == (made[1], 2)
    own.remove()
    assert not list(tmp_path.iterdir())
