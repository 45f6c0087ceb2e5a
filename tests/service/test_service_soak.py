"""Honest clients are served, and nothing grows, while hostile ones do what they can."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.service.soak import soak

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at the server by /proc")
def test_honest_calls_are_answered_beside_hostile_clients(tell: Callable[[str], None]) -> None:
    """No honest call fails, and open files and memory at the end are those of the middle."""
    samples = soak(20)
    for name, sample in zip(("start", "middle", "end"), samples, strict=True):
        tell(f"service soak, {sample.line(name)}")
    _, middle, end = samples
    assert min(sample.calls for sample in samples) > 0
    assert end.files < 2 * middle.files + 100
    assert end.resident < 2 * middle.resident + 200
