"""Environments for the suites of other projects, each made by its test."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pytest_stigmer

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that runs a module of Python in a copy of one of these folders.

    The environment is new, and its only packages are those installed here. `wrong` names a file of
    the copy, a text in it, and what takes its place.
    """

    def run(
        folder: str, *command: str, wrong: tuple[str, str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        copy = tmp_path / Path(folder).name
        shutil.copytree(HERE / folder, copy, dirs_exist_ok=True)
        if wrong:
            name, right, instead = wrong
            text = (copy / name).read_text(encoding="utf-8")
            assert right in text
            (copy / name).write_text(text.replace(right, instead), encoding="utf-8")
        python = _python(tmp_path / "environment")
        return subprocess.run(
            [str(python), "-m", *command],
            cwd=copy,
            env={"PATH": str(python.parent), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _python(environment: Path) -> Path:
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, symlinks=True)
        (packages,) = environment.glob("lib/*/site-packages")
        sources = Path(pytest_stigmer.__file__).parents[1]
        shared = f"{sysconfig.get_path('purelib')}\n{sources}\n"
        (packages / "shared.pth").write_text(shared, encoding="utf-8")
    return python
