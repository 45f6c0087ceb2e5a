"""The timeline of one run as inline SVG: a lane per step, the clock on x, archives as marks.

A lookup's lane shows, below the archives, which of them it answered and which it should have. The
styles are the page's. Each lane has its words above it, so that a telephone shows it whole. Within
a second the x axis is linear; a long pause is shortened to a break, and instants that would touch
are moved apart, because what matters is which share a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pytest_stigmer.clock import parse_instant
from pytest_stigmer.errors import counted
from pytest_stigmer.report.data import ArchiveData, RunData, StepData
from pytest_stigmer.report.markup import text as safe

SECOND = 1000
_WIDTH = 280
_NARROWEST, _WIDEST = 60, 280
_BREAK = 30
_APART = 26
_LEFT = 12
_RIGHT = 12
_TOP = 30
_LANE = 42
_RADIUS = 8
_ASIDE = 20
_CLOCK_VERBS = ("advance", "set_clock")
_LETTER = 6.7
"""How wide a letter of the smaller words is, at most."""


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


@dataclass(frozen=True)
class Picture:
    """What the drawing needs: the run, its axis, the x of each step and of each archive."""

    run: RunData
    axis: Axis
    steps: tuple[float, ...]
    archives: dict[str, float]

    @property
    def bottom(self) -> float:
        """The lower edge of the lanes."""
        return _TOP + _LANE * len(self.run.steps)

    @property
    def width(self) -> float:
        """The right edge: of the axis, or of archives of one instant that stand side by side."""
        return max(_LEFT + self.axis.width, *self.archives.values(), 0) + _RIGHT


def picture(run: RunData) -> str:
    """Return the SVG; '' for a run without a clock that can be read."""
    if not run.steps or not all(step.at for step in run.steps):
        return ""
    instants = [milliseconds(step.at) for step in run.steps]
    scale = axis(instants)
    steps = tuple(_LEFT + scale.of(instant) for instant in instants)
    drawn = Picture(run, scale, steps, _beside(run.archives, steps))
    width = drawn.width
    body = "".join(
        [*_seconds(drawn), *_guides(drawn), *_lanes(drawn), *_archives(drawn), *_answers(drawn)]
    )
    return (
        f'<svg class="timeline" role="img" width="{width:.0f}" height="{drawn.bottom + 12:.0f}" '
        f'viewBox="0 0 {width:.0f} {drawn.bottom + 12:.0f}">'
        f"<title>{safe(_told(drawn))}</title>{body}</svg>"
    )


def legend() -> str:
    """Return the key to the marks."""
    marks = {
        "archive, numbered by id": _circle("archive", 10, 10, "1"),
        "answered": _circle("answered", 10, 10, "2"),
        "answered wrongly": _circle("answered wrong", 10, 10, "1"),
        "expected": _circle("expected", 10, 10, "2"),
        "asked": _asked(10, 10),
        "clock moves": _arrow(0, 20, 10),
        "whole seconds, as the store keeps them": _rectangle("band odd", 0, 0, 20, 20),
    }
    return '<p class="legend">{}</p>'.format(
        "".join(
            f'<span><svg class="timeline" width="20" height="20" aria-hidden="true">{mark}</svg>'
            f"{words}</span>"
            for words, mark in marks.items()
        )
    )


def _beside(archives: tuple[ArchiveData, ...], steps: tuple[float, ...]) -> dict[str, float]:
    """Place each archive at its step; those of one instant stand side by side."""
    places: dict[str, float] = {}
    for archive in archives:
        place = steps[min(archive.step, len(steps) - 1)]
        while any(abs(place - other) < _ASIDE for other in places.values()):
            place += _ASIDE
        places[str(archive.id)] = place
    return places


def _told(drawn: Picture) -> str:
    """Say in words what the picture shows."""
    seconds = {archive.archived_at for archive in drawn.run.archives}
    wrong = [number for number, step in enumerate(drawn.run.steps, 1) if step.differences]
    end = " All answers as expected."
    if wrong:
        end = f" Not as expected: step {', '.join(map(str, wrong))}."
    steps, archives = len(drawn.run.steps), counted(len(drawn.run.archives), "archive")
    told = f"{counted(steps, 'step')}, {archives} in {counted(len(seconds), 'stored second')}"
    return f"Timeline: {told}.{end} The steps are listed below in words."


def _seconds(drawn: Picture) -> Iterator[str]:
    height = drawn.bottom - _TOP
    edges = drawn.axis.seconds
    for number, start in enumerate(edges):
        x = _LEFT + drawn.axis.of(start)
        if start + SECOND in edges:
            width = drawn.axis.of(start + SECOND) - drawn.axis.of(start)
            kind = "band odd" if number % 2 else "band"
            yield _rectangle(kind, x, _TOP, width, height)
        yield _upright("second", x, _TOP - 6, drawn.bottom)
        if start + SECOND in edges or number == 0:
            yield _words("axis", x + 3, _TOP - 12, _clock_of(start))
    for left, right in drawn.axis.breaks:
        yield _words("break", _LEFT + (left + right) / 2, _TOP + 12, "//", anchor="middle")


def _guides(drawn: Picture) -> Iterator[str]:
    """Draw a line down from each archive, so that the eye finds it in the lanes of lookups."""
    for archive in drawn.run.archives:
        x, y = drawn.archives[str(archive.id)], _y(archive.step)
        yield _upright("guide", x, y, drawn.bottom)


def _lanes(drawn: Picture) -> Iterator[str]:
    for number, (step, x) in enumerate(zip(drawn.run.steps, drawn.steps, strict=True)):
        y = _y(number)
        kind = "lane wrong" if step.differences else "lane"
        end = _verdict(step) if _is_lookup(step) else ""
        room = int((drawn.width - 2 * _LEFT) / _LETTER) - len(end) - 3
        yield _words(kind, _LEFT + 4, y - 14, _cut(f"{number + 1}. {_label(step)}", max(room, 16)))
        if end:
            told = "verdict wrong" if step.differences else "verdict"
            yield _words(told, drawn.width - _RIGHT - 4, y - 14, end, anchor="end")
        if step.verb in _CLOCK_VERBS and number:
            yield _arrow(drawn.steps[number - 1], x, y)
        elif _is_lookup(step):
            yield _asked(x, y)
        else:
            yield f'<circle class="done" cx="{x:.1f}" cy="{y}" r="3"/>'


def _archives(drawn: Picture) -> Iterator[str]:
    for archive in drawn.run.archives:
        x, y = drawn.archives[str(archive.id)], _y(archive.step)
        yield _circle("archive", x, y, str(archive.id))
        is_left = x > drawn.width / 2
        side = -_RADIUS - 4 if is_left else _RADIUS + 4
        anchor = "end" if is_left else ""
        yield _words("mark", x + side, y + 4, _cut(_mark(archive), 20), anchor=anchor)


def _answers(drawn: Picture) -> Iterator[str]:
    for number, step in enumerate(drawn.run.steps):
        if not _is_lookup(step):
            continue
        y = _y(number)
        for row in sorted(step.answered.keys() | step.expected_rows.keys(), key=int):
            yield from _answer(drawn, step, row, y)


def _answer(drawn: Picture, step: StepData, row: str, y: float) -> Iterator[str]:
    answered, expected = step.answered.get(row), step.expected_rows.get(row)
    x = drawn.archives[row]
    is_right = not step.differences or answered == expected
    if answered is None:
        yield _circle("expected", x, y, row)
    else:
        yield _circle("answered" if is_right else "answered wrong", x, y, row)
        if expected is not None and not is_right:
            yield f'<circle class="expected ring" cx="{x:.1f}" cy="{y}" r="{_RADIUS + 3}"/>'


def _verdict(step: StepData) -> str:
    if step.left_out:
        return "left out"
    if not step.answered and not step.expected_rows:
        return dict(step.got).get("code") or ("no archive" if step.differences else "")
    got = _ids(step.answered)
    if not step.differences:
        return f"answered {got}" if got else "as expected"
    return f"answered {got or 'none'}, not {_ids(step.expected_rows) or 'as expected'}"


def _ids(places: dict[str, int]) -> str:
    return " ".join(f"#{row}" for row, _ in sorted(places.items(), key=lambda pair: pair[1]))


def _is_lookup(step: StepData) -> bool:
    return step.verb.startswith(("get", "list_audit"))


def _label(step: StepData) -> str:
    values = [str(value) for path, value in step.sent if not path.startswith(("message", "files"))]
    return f"{step.verb} {' '.join(values)}"


def _mark(archive: ArchiveData) -> str:
    words = [archive.tag or "no tag", archive.version_hash[:8]]
    return " ".join(word for word in words if word)


def _clock_of(instant: int) -> str:
    seconds = instant // SECOND
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _y(step: int) -> float:
    return _TOP + _LANE * step + _LANE * 0.66


def _arrow(start: float, end: float, y: float) -> str:
    tip = -6 if end > start else 6
    return f'<path class="moved" d="M{start:.1f} {y}H{end:.1f}m{tip} -4L{end:.1f} {y}l{tip} 4"/>'


def _asked(x: float, y: float) -> str:
    return f'<path class="asked" d="M{x - 5:.1f} {y - 5}l10 5l-10 5z"/>'


def _circle(kind: str, x: float, y: float, text: str) -> str:
    return (
        f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="{_RADIUS}"/>'
        f'<text class="in {kind}" x="{x:.1f}" y="{y + 3.5}">{safe(text)}</text>'
    )


def _rectangle(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height:.1f}"/>'


def _upright(kind: str, x: float, top: float, bottom: float) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'


def _words(kind: str, x: float, y: float, text: str, *, anchor: str = "") -> str:
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{where}>{safe(text)}</text>'


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
