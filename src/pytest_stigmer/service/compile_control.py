"""Recompile the control API: `python -m pytest_stigmer.service.compile_control`."""

from __future__ import annotations

from pytest_stigmer.api.compile_set import compile_protos
from pytest_stigmer.service.control_api import DESCRIPTOR_SET, PROTO_ROOT

if __name__ == "__main__":
    DESCRIPTOR_SET.write_bytes(compile_protos(PROTO_ROOT))
    print(f"wrote {DESCRIPTOR_SET}")  # noqa: T201
