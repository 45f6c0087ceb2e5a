"""The built wheel, as a user installs it: complete, and able to run its scenarios."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path.relative_to(ROOT) for path in ROOT.glob("scenarios/**/*.scenario.yaml"))

MOST_FILES = 440
"""Besides the scenarios, each of which is a file. Raise it only for what cannot be an entry of a
table, as queries and schema defects are."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("pytest_stigmer-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the wheel's files out as an installer does, ahead of the source tree."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the wheel's files first on its path, in a folder without a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_every_file_that_is_not_python(wheel: Path) -> None:
    """Scenarios, schema, message set and type marker are inside; tests are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = {"pytest_stigmer/py.typed", "pytest_stigmer/scenario/schema.json"}
    data |= {f"pytest_stigmer/{path.as_posix()}" for path in SCENARIOS}
    data |= {f"pytest_stigmer/api/{path.name}" for path in ROOT.glob("src/*/api/*.binpb")}
    assert data <= names
    assert not [name for name in names if name.startswith(("tests/", "scenarios/"))]


def test_the_wheel_has_few_files_for_pytest_to_read_the_names_of(wheel: Path) -> None:
    """Every run of every user reads the list of them, 4 us a file."""
    with zipfile.ZipFile(wheel) as archive:
        assert len(archive.namelist()) - len(SCENARIOS) <= MOST_FILES


def test_the_installed_command_runs_a_shipped_scenario(installed: Path, tmp_path: Path) -> None:
    """Without a checkout the command finds its scenarios in the package and runs them."""
    where = run(installed, tmp_path, "-c", "import pytest_stigmer; print(pytest_stigmer.__file__)")
    assert where.stdout.startswith(str(installed))
    result = run(installed, tmp_path, "-m", "pytest_stigmer.cli", "run", "-v", "-k", "moved")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"rootdir: {installed}" in result.stdout


PLAIN_ONLY = """
import sys
EXTRA = {"grpc", "grpc_tools", "hypothesis", "time_machine"}


class NotInstalled:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in EXTRA:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, NotInstalled)
import pytest
off = [f"-pno:{name}" for name in ("randomly", "hypothesispytest", "time_machine")]
sys.exit(pytest.main([*sys.argv[1:], *off]))
"""


def test_a_checkouts_scenarios_run_with_the_wheel_alone(installed: Path) -> None:
    """`pytest scenarios` in a checkout needs the plain dependencies only, and no path setting."""
    words = ("scenarios/ordering", "-q", "-k", "moved")
    result = run(installed, ROOT, "-c", PLAIN_ONLY, *words)
    assert result.returncode == 0, result.stdout + result.stderr
