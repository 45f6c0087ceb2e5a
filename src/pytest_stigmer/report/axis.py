"""The x axis of a timeline: instants in milliseconds to pixels, with every second's boundary.

Within a second the scale is linear; a long pause is shortened to a break, and instants that would
touch are moved apart, because what matters is which of them share a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pytest_stigmer.clock import parse_instant

SECOND = 1000
_WIDTH = 560
_NARROWEST, _WIDEST = 110, 320
_BREAK = 44
_APART = 26


@dataclass(frozen=True)
class Axis:
    """Positions in pixels from the left edge of the plot; `breaks` are shortened pauses."""

    positions: dict[int, float]
    seconds: tuple[int, ...]
    breaks: tuple[tuple[float, float], ...]
    width: float

    def of(self, instant: int) -> float:
        """Return the position of one of the instants the axis was made for."""
        return self.positions[instant]


def milliseconds(text: str) -> int:
    """Read an instant such as `2026-01-25T10:00:00.100Z` as milliseconds since 1970."""
    return round(parse_instant(text).timestamp() * SECOND)


def axis(instants: Iterable[int]) -> Axis:
    """Lay out the instants and the boundaries of the seconds that they fall into."""
    known = set(instants)
    starts = {instant // SECOND * SECOND for instant in known}
    boundaries = starts | {start + SECOND for start in starts}
    scale = min(max(_WIDTH / max(len(starts), 1), _NARROWEST), _WIDEST)
    positions: dict[int, float] = {}
    breaks = []
    place = 0.0
    points = sorted(known | boundaries)
    for before, point in pairwise([points[0], *points] if points else []):
        gap = point - before
        if gap > SECOND:
            breaks.append((place, place + _BREAK))
            place += _BREAK
        elif gap:
            # A boundary may be near an instant; two instants may not.
            place += max(gap / SECOND * scale, _APART if point in known else _APART / 2)
        positions[point] = place
    return Axis(positions, tuple(sorted(boundaries)), tuple(breaks), place)
