"""The message definitions of generation 2026-01: where they lie, and a pool of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.descriptor_pool import DescriptorPool

PROTO_ROOT = Path(__file__).parent / "protos" / "2026_01"
DESCRIPTOR_SET = Path(__file__).parent / "2026_01.binpb"
OWN_FILES = "ai/"
"""The files of the set that are the API's, by the start of their names."""


def read_set() -> FileDescriptorSet:
    """Return the shipped descriptor set: every file after its imports."""
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    return FileDescriptorSet.FromString(DESCRIPTOR_SET.read_bytes())


def private_pool(files: FileDescriptorSet) -> DescriptorPool:
    """Return a new pool with these files; the default pool, with users' stubs, stays as is."""
    from google.protobuf.descriptor_pool import DescriptorPool

    pool = DescriptorPool()
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool
