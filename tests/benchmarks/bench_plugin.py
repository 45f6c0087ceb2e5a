"""What a bare pytest run costs with the plugin installed, against the same run without it."""

from __future__ import annotations

import importlib.metadata
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
ROUNDS = 25
MOST_MILLISECONDS = 6.0


def promises() -> Iterator[Promise]:
    """Measure the CPU time of whole processes in pairs; the promise is on the least of each side.

    What a busy machine adds is never negative, so the least comes nearest to the work itself.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = _without_us(folder / "bare")
        with_us = _with_us(folder, bare)
        (folder / "test_plain.py").write_text("def test_it(): pass\n", encoding="utf-8")
        pairs = [(_run(folder, bare), _run(folder, with_us)) for _ in range(ROUNDS + 1)][1:]
    extra = min(ours for _, ours in pairs) - min(floor for floor, _ in pairs)
    yield Promise(
        name="extra cost of the plugin in a bare run",
        floor_name="6 ms of CPU",
        seconds=extra,
        floor_seconds=MOST_MILLISECONDS / 1000,
        ratio=extra * 1000 / MOST_MILLISECONDS,
        limit=1.0,
    )


def _without_us(folder: Path) -> Path:
    """Copy pytest and what it needs into a folder, so that nothing else is installed."""
    for name in PYTEST:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = folder / str(file)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(distribution.locate_file(file), target)
    return folder


def _with_us(folder: Path, bare: Path) -> Path:
    """Install our wheel beside the others, as users do: a second folder slows every import."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(shutil.copytree(bare, folder / "ours"))
    return folder / "ours"


def _run(folder: Path, path: Path) -> float:
    """Return the CPU time of one pytest process that sees only the folder `path`; seconds."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # no user compiles a plugin in every run
    command = [
        sys.executable,
        "-S",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "test_plain.py",
    ]
    before = _cpu_of_children()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return _cpu_of_children() - before


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
