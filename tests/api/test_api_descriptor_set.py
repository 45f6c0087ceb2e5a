"""The shipped descriptor set and the .proto sources that it is compiled from."""

from __future__ import annotations

import ast
import shutil
from typing import TYPE_CHECKING

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from pytest_stigmer.api.compile_set import compile_protos
from pytest_stigmer.api.descriptors import PROTO_ROOT, read_set
from pytest_stigmer.api.generation import load
from pytest_stigmer.api.write_types import TYPES, stub_text

if TYPE_CHECKING:
    from pathlib import Path


def _own_files(files: FileDescriptorSet) -> dict[str, bytes]:
    # The google files come with the compiler, whose release is the developer's choice.
    return {
        file.name: file.SerializeToString(deterministic=True)
        for file in files.file
        if not file.name.startswith("google/")
    }


def test_set_is_what_the_sources_compile_to() -> None:
    """The sources and the set agree; if not: `python -m pytest_stigmer.api.compile_set`."""
    assert _own_files(read_set()) == _own_files(FileDescriptorSet.FromString(compile_protos()))


def test_set_is_self_contained_and_in_order() -> None:
    """Every import of a file lies in the set before it."""
    seen: set[str] = set()
    for file in read_set().file:
        assert set(file.dependency) <= seen
        seen.add(file.name)


def test_compiling_twice_gives_the_same_bytes() -> None:
    """The set is a function of the sources."""
    assert compile_protos() == compile_protos()


def test_a_source_that_does_not_compile_is_named(tmp_path: Path) -> None:
    """The compiler's own words reach the developer."""
    root = tmp_path / "protos"
    shutil.copytree(PROTO_ROOT, root)
    (root / "broken.proto").write_text('syntax = "proto3"; message {}')

    with pytest.raises(RuntimeError, match=r"broken\.proto:1:"):
        compile_protos(root)


def test_types_are_what_the_set_gives() -> None:
    """The stub file is up to date; if not: `python -m pytest_stigmer.api.compile_set`."""
    assert TYPES.read_text(encoding="utf-8") == stub_text()


def test_types_have_the_names_of_the_generation() -> None:
    """What a checker sees of the API is what there is, of the messages' fields too."""
    declared = {
        node.name: {
            one.target.id if isinstance(one, ast.AnnAssign) else one.name
            for one in node.body
            if isinstance(one, ast.AnnAssign | ast.FunctionDef)
        }
        for node in ast.parse(TYPES.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    api = load("bundled")
    names = declared["MessageClasses"] - {"name"}
    assert names == set(vars(api)) - {"pool", "source", "methods", "codec", "validate"}
    for name in names:
        if fields := getattr(getattr(api, name).DESCRIPTOR, "fields", None):
            own = {"__init__", "HasField", "ClearField"}
            assert declared[name] - own == {field.name for field in fields}


def test_messages_import_by_name() -> None:
    """The module of the types gives the classes of the generation in use."""
    from pytest_stigmer.api.message_types import Skill

    assert Skill is load().Skill
