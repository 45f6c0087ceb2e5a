"""Recompile the shipped descriptor set and its types: `python -m pytest_stigmer.api.compile_set`.

Needs grpcio-tools, which only developers of this package have.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from pytest_stigmer.api.descriptors import DESCRIPTOR_SET, PROTO_ROOT
from pytest_stigmer.api.write_types import TYPES, stub_text


def compile_protos(root: Path = PROTO_ROOT) -> bytes:
    """Compile every .proto under `root` to a FileDescriptorSet, each file after its imports.

    The set holds the imported google/protobuf files too. Raises RuntimeError with the
    compiler's words.
    """
    sources = sorted(str(path.relative_to(root)) for path in root.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "set.binpb")
        _run_compiler(root, [f"--descriptor_set_out={out}", "--include_imports", *sources])
        return out.read_bytes()


def _run_compiler(root: Path, arguments: list[str]) -> None:
    import grpc_tools

    well_known = Path(next(iter(grpc_tools.__path__)), "_proto")
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{root}", f"-I{well_known}"]
    done = subprocess.run(command + arguments, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"cannot compile {root}:\n{done.stderr}")


if __name__ == "__main__":
    DESCRIPTOR_SET.write_bytes(compile_protos())
    TYPES.write_text(stub_text(), encoding="utf-8")
    print(f"wrote {DESCRIPTOR_SET} and {TYPES}")  # noqa: T201
