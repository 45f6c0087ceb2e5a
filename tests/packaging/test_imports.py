"""What loading the plugin costs a user who does not use it."""

from __future__ import annotations

import os
import subprocess
import sys

ALLOWED = {"pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "pytest_stigmer"}
LOADED = """
import sys
import pytest
before = set(sys.modules)
import pytest_stigmer.plugin
print(*sorted(name for name in set(sys.modules) - before))
"""
HEAVY = {"grpc", "google", "faker", "freezegun", "yaml", "sqlite3", "jsonschema", "protovalidate"}
FIRST = {"pytest_stigmer", "pytest_stigmer.declared", "pytest_stigmer.plugin"}
"""All that a run loads which uses nothing of ours."""


def run(source: str) -> str:
    """Run Python source in a fresh process and return what it prints."""
    command = [sys.executable, "-c", source]
    bare = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=bare).stdout


def test_the_entry_module_loads_nothing_third_party_but_pytest() -> None:
    """Importing the plugin adds only standard library modules and our own light ones."""
    loaded = run(LOADED).split()
    assert {name for name in loaded if name.startswith("pytest_stigmer")} == FIRST
    tops = {name.split(".")[0] for name in loaded}
    foreign = tops - set(sys.stdlib_module_names) - ALLOWED
    assert not foreign
    assert not tops & HEAVY


def test_a_run_without_our_fixtures_loads_nothing_heavy(tmp_path: object) -> None:
    """A whole pytest run of a plain test leaves the heavy libraries alone."""
    source = f"""
import sys, pathlib
folder = pathlib.Path({str(tmp_path)!r})
folder.joinpath("test_plain.py").write_text("def test_it(): pass")
folder.joinpath("pytest.ini").touch()
import pytest
off = ["cacheprovider", "randomly", "faker", "hypothesispytest", "time_machine"]
flags = ["-q", *(f"-pno:{{name}}" for name in off)]
assert pytest.main([str(folder), *flags]) == 0
print("LOADED", *sorted(sys.modules))
"""
    loaded = set(run(source).split("LOADED")[1].split())
    assert not {name.split(".")[0] for name in loaded} & (HEAVY - {"faker"})
    assert {name for name in loaded if name.startswith("pytest_stigmer")} == FIRST


def test_importing_the_package_loads_no_part_of_it() -> None:
    """The public names load when they are asked for, and none of them needs pytest."""
    source = """
import sys
import pytest_stigmer
assert not [name for name in sys.modules if name.startswith("pytest_stigmer.")]
for name in pytest_stigmer.__all__:
    assert getattr(pytest_stigmer, name) is not None
"""
    run(source)
