"""The compact forms of arguments mean the same bytes and maps on every target."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from pytest_stigmer.scenario.content import content, nested


@pytest.mark.parametrize(
    ("value", "data"),
    [("café", "café".encode()), ("", b""), ({"base64": "//8="}, b"\xff\xff"), ({"size": 0}, b"")],
)
def test_a_text_and_base64_are_what_they_say(value: Any, data: bytes) -> None:
    """Texts are UTF-8."""
    assert content(value) == data


@pytest.mark.parametrize("size", [1, 2, 4095, 1048577])
def test_a_size_is_met_exactly_by_text_that_hardly_compresses(size: int) -> None:
    """Limits on size are reached before any limit on compression."""
    data = content({"size": size})
    assert len(data) == size
    assert data.isascii()
    assert len(zlib.compress(data)) > size // 3


def test_equal_sizes_give_equal_bytes() -> None:
    """Two pushes of one size have one version hash."""
    assert content({"size": 999}) == content({"size": 999})


def test_base64_that_is_none_is_refused() -> None:
    """A slip in the text does not become other bytes."""
    with pytest.raises(ValueError, match="base64"):
        content({"base64": "not base64!"})


def test_dotted_paths_become_nested_maps() -> None:
    """Paths with a common start share a map; labels stay whole."""
    assert nested({"spec.tag": "v1", "spec.skill_md": "x", "metadata.labels": {"a.b": "c"}}) == {
        "spec": {"tag": "v1", "skill_md": "x"},
        "metadata": {"labels": {"a.b": "c"}},
    }
