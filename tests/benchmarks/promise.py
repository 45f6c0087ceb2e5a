"""A promised ratio, measured in pairs so that a busy machine slows both sides alike."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Promise:
    """Medians in seconds of what is promised and of its floor, and the median of their ratios."""

    name: str
    floor_name: str
    seconds: float
    floor_seconds: float
    ratio: float
    limit: float

    @property
    def kept(self) -> bool:
        """Tell whether the ratio is within its limit."""
        return self.ratio <= self.limit

    def line(self) -> str:
        """Return the row of a table."""
        verdict = "kept" if self.kept else "MISSED"
        return (
            f"{self.name:<44} {_microseconds(self.seconds)}  {self.floor_name:<38} "
            f"{_microseconds(self.floor_seconds)}  {self.ratio:6.2f} <= {self.limit:<5g} {verdict}"
        )


def measure(
    name: str,
    call: Callable[[], object],
    floor_name: str,
    floor: Callable[[], object],
    *,
    limit: float,
    rounds: int = 300,
    warm_up: int = 10,
    between: Callable[[], object] = lambda: None,
) -> Promise:
    """Run floor and call in turn, `rounds` times after a warm-up, and compare each pair.

    `between` prepares the next pair, unmeasured.
    """
    pairs = []
    gc.disable()
    try:
        for number in range(rounds + warm_up):
            pair = (_timed(floor), _timed(call))
            if number >= warm_up:
                pairs.append(pair)
            between()
    finally:
        gc.enable()
    return Promise(
        name=name,
        floor_name=floor_name,
        seconds=statistics.median(ours for _, ours in pairs),
        floor_seconds=statistics.median(least for least, _ in pairs),
        ratio=statistics.median(ours / least for least, ours in pairs),
        limit=limit,
    )


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:9.1f} us"
