"""Promises under conditions: a sample in the fast lane, all of them in the slow one."""

from __future__ import annotations

from zlib import crc32

import pytest

from pytest_stigmer.conditions.choice import DEFAULT

ONE_IN = 25


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most promises under conditions to the slow lane: each of them is asked thrice."""
    for item in items:
        under = any(item.name.endswith(f"[{name}]]") for name in DEFAULT)
        if under and crc32(item.name.encode()) % ONE_IN:
            item.add_marker(pytest.mark.soak)
