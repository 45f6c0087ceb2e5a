"""Stubs as a user has them: modules that protoc writes, in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import grpc_tools
import pytest

from pytest_stigmer.api.descriptors import PROTO_ROOT

# stigmer-apis 0.1.0.dev0 gives PushSkillRequest these fields, in the same package and file.
OTHER_GENERATION = """
syntax = "proto3";
package ai.stigmer.agentic.skill.v1;
message PushSkillRequest { string org = 1; bytes artifact = 2; string tag = 3; }
"""

Run = Callable[..., str]


def generate_stubs(protos: Path, target: Path) -> Path:
    """Write the Python modules of every .proto under `protos` and return their folder."""
    well_known = Path(grpc_tools.__path__[0], "_proto")
    sources = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    target.mkdir()
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"-I{well_known}"]
    subprocess.run([*command, f"--python_out={target}", *sources], check=True)
    return target


@pytest.fixture(scope="session")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stubs of generation 2026-01; copy before changing anything."""
    return generate_stubs(PROTO_ROOT, tmp_path_factory.mktemp("own") / "stubs")


@pytest.fixture(scope="session")
def other_stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stubs of another generation in the same package."""
    root = tmp_path_factory.mktemp("other")
    source = root / "protos/ai/stigmer/agentic/skill/v1/io.proto"
    source.parent.mkdir(parents=True)
    source.write_text(OTHER_GENERATION)
    return generate_stubs(root / "protos", root / "stubs")


@pytest.fixture
def run() -> Run:
    """Run a program in a fresh Python that finds these stubs; give back what it prints."""

    def fresh(program: str, *, stubs: Path | None = None) -> str:
        paths = [str(stubs)] if stubs else []
        inherited = os.environ.get("PYTHONPATH")
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(paths + ([inherited] if inherited else []))
        }
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return fresh
