"""A failure page as plain text, from 60 columns up."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_stigmer.scenario.compare import Difference
    from pytest_stigmer.scenario.report import Exchange, Happened, Page
    from pytest_stigmer.scenario.timeline import Mark, Timeline

MIN_WIDTH = 60
_MAX_VALUES = 12
_MAX_VALUE = 60
_MAX_STEPS = 16
_MAX_REDS = 12
_MAX_ANSWER = 2_000
_INDENT = "  "
_NAMES = re.compile(r"""['"].*(['"]|\d characters\))\)?""")


def render(page: Page, width: int = 80) -> str:
    """Return the page in at most `width` columns; the replay line and query texts stay whole."""
    width = max(width, MIN_WIDTH)
    return "".join(f"{visible(line.rstrip())}\n" for line in _lines(page, width))


def _lines(page: Page, width: int) -> Iterator[str]:
    """Start with what differs; whole answers come last."""
    yield from textwrap.wrap(f"{page.status.upper()}: {page.title}", width)
    yield from _place(page, width)
    leading = [one for one in page.differences if not one.follows]
    yield from _section(f"differences: {len(leading)}", _differences(page.differences, width))
    yield from _section("times that the server sent", _times(page))
    if page.timeline:
        caption = textwrap.fill(_caption(page.timeline), width)
        yield from _section(caption, timeline_lines(page.timeline, width))
    yield from _section("query and plan", page.explanation.splitlines())
    if page.verb:
        yield from _section(f"sent: {page.verb}", _values(page.sent, width))
    yield from _section("steps before", _before(page, width))
    yield from _section("not as expected after it either", _after(page, width))
    yield from _section("where the error comes from", page.trace.splitlines())
    yield from _section("run it again", [page.replay])
    if page.got or page.expected:
        yield from _section("expected", _values(page.expected, width))
        yield from _section("got", _values(page.got, width))
    yield from _section("the call on the wire", _rpc(page))


def first_difference(page: Page) -> str:
    """Return the cause in one line: the step, and the first thing that differs or the reason."""
    step = f"line {page.where.rpartition(':')[2]}, {page.verb}: " if page.verb else ""
    if not page.differences:
        return visible(f"{step}{page.reason}", line=True)
    found = page.differences[0]
    expected, got = (cut(_text(value), _MAX_VALUE) for value in (found.expected, found.got))
    where = found.where or "the answer"
    return visible(f"{step}{where} is {got}, not {expected}", line=True)


def symptom(page: Page) -> str:
    """Return what is wrong without names and values: reds that share it are likely of one cause."""
    told = page.reason
    if page.differences:
        found, got = page.differences[0], dict(page.got)
        told = f"{page.verb}: {found.where or 'it'} {found.why.partition(':')[0]}"
        if found.why.startswith("failed"):
            word = got["message"].partition(":")[0] if got["code"] == "UNKNOWN" else got["code"]
            told = f"{page.verb} {found.why}: {word}"
    return visible(re.sub(r"\d+", "N", _NAMES.sub("...", told)), line=True)


def _place(page: Page, width: int) -> Iterator[str]:
    yield page.where
    told = f"step {page.number} of {page.count}, " if page.number else ""
    instant = f", clock {page.at}" if page.at else ""
    reason = f": {page.reason}" if page.reason else ""
    yield from textwrap.wrap(f"{told}target {page.target}{instant}{reason}", width)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = [f"{_INDENT}{line}" for line in lines]
    if body:
        yield ""
        yield title
        yield from body


def _values(values: tuple[tuple[str, Any], ...], width: int) -> Iterator[str]:
    for path, value in values[:_MAX_VALUES]:
        label = f"{path}: " if path else ""
        yield cut(label + _text(value), width - len(_INDENT))
    if len(values) > _MAX_VALUES:
        yield f"and {len(values) - _MAX_VALUES} more"
    if not values:
        yield "nothing"


def _rpc(page: Page) -> Iterator[str]:
    """Tell the call as a line for a shell, and what came back."""
    if page.rpc is None:
        return
    yield grpcurl(page.rpc.method, page.rpc.request, page.target)
    yield f"status {page.rpc.status} {page.rpc.message}".rstrip()
    if page.rpc.answer is not None:
        yield f"answer {cut(_text(page.rpc.answer), _MAX_ANSWER)}"


def grpcurl(method: str, request: Any, target: str) -> str:
    """Return the command line that makes a call on a server, if the target is one."""
    address = target if ":" in target else "HOST:PORT"
    return shlex.join(["grpcurl", "-plaintext", "-d", _text(request), address, method])


def _times(page: Page) -> Iterator[str]:
    got = dict(page.got)
    for sent, read in dict.fromkeys((sent, got[path]) for path, sent in page.server_times):
        yield f"{sent}, read as {read}"


def _text(value: Any) -> str:
    # Made visible before it is cut: an escape is longer than what it stands for.
    return visible(json.dumps(value, ensure_ascii=False, default=str), line=True)


def cut(text: str, room: int, start: int = 0) -> str:
    """Shorten a text to `room` columns (7 or more) so that the character at `start` is shown."""
    if len(text) <= room:
        return text
    if start < room - 3:
        return text[: room - 3] + "..."
    if start >= len(text) - room + 3:
        return "..." + text[len(text) - room + 3 :]
    first = start - (room - 6) // 3
    return f"...{text[first : first + room - 6]}..."


def _differences(differences: tuple[Difference, ...], width: int) -> Iterator[str]:
    """Tell those that stand for themselves, each with the number of those that follow from it."""
    followers = Counter(found.follows for found in differences if found.follows)
    for found in differences:
        if found.follows:
            continue
        yield from difference_lines(found, width - len(_INDENT))
        if followers[found.where]:
            yield f"  and {followers[found.where]} that follow from it"


def difference_lines(found: Difference, width: int) -> Iterator[str]:
    """Tell one difference in lines of at most `width` columns, around where the values part."""
    yield from textwrap.wrap(f"{found.where or 'the answer'} {found.why}", width)
    expected, got = _text(found.expected), _text(found.got)
    pairs = zip(expected, got, strict=False)
    start = next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
    room = width - len("  expected ")
    yield f"  expected {cut(expected, room, start)}"
    yield f"  got      {cut(got, room, start)}"


def _before(page: Page, width: int) -> Iterator[str]:
    left_out = len(page.before) - _MAX_STEPS
    if left_out > 0:
        yield f"steps not shown: {left_out}"
    yield from (happened(step, width - len(_INDENT)) for step in page.before[-_MAX_STEPS:])


def _after(page: Page, width: int) -> Iterator[str]:
    for step in page.after[:_MAX_REDS]:
        yield from _red_or_left_out(step, width - len(_INDENT))
    if len(page.after) > _MAX_REDS:
        yield f"and {len(page.after) - _MAX_REDS} more"


def _red_or_left_out(step: Exchange, width: int) -> Iterator[str]:
    yield happened(step.happened, width)
    lines = _differences(step.differences, width)
    if step.left_out:
        lines = iter(textwrap.wrap(f"left out: {step.left_out}", width - len(_INDENT)))
    yield from (f"{_INDENT}{line}" for line in lines)


def happened(step: Happened, width: int) -> str:
    """Tell a step in one line of at most `width` columns: when, where, what was sent."""
    sent = " ".join(f"{path}={_text(value)}" for path, value in step.sent)
    saved = f" -> {step.save_as}" if step.save_as else ""
    line = f"{step.at[11:23]}  line {step.line}: {step.verb} {sent}".rstrip()
    return cut(line, width - len(saved)) + saved


def _caption(timeline: Timeline) -> str:
    resources = {f"{mark.row.kind}/{mark.row.resource_id}" for mark in timeline.marks}
    of = f" of {resources.pop()}" if len(resources) == 1 else ""
    return f"timeline: audit rows{of} in insertion order (times in UTC)"


def timeline_lines(timeline: Timeline, width: int) -> Iterator[str]:
    """Show the first of three layouts that fits: instants as columns, as one column, no hash."""
    layouts = [
        _layout(timeline, _seconds(timeline), with_hash=True),
        _layout(timeline, _one_column(timeline), with_hash=True),
        _layout(timeline, _one_column(timeline), with_hash=False),
    ]
    room = width - len(_INDENT)
    fitting = (lines for lines in layouts if max(len(left + end) for left, end in lines) <= room)
    lines = next(fitting, layouts[-1])
    room -= max(len(end) for _, end in lines)
    yield from (cut(left, room) + end for left, end in lines)
    yield from _footnotes(timeline)


def _layout(timeline: Timeline, grid: list[list[str]], *, with_hash: bool) -> list[tuple[str, str]]:
    """Return the header and each row in two parts, of which the second must stay whole."""
    left = _left_columns(timeline.marks, with_hash=with_hash)
    pointers = [_pointer(mark, is_listing=timeline.is_listing) for mark in timeline.marks]
    return [
        ("  ".join([start, *cells]), pointer)
        for start, cells, pointer in zip(left, grid, ["", *pointers], strict=True)
    ]


def _one_column(timeline: Timeline) -> list[list[str]]:
    times = [_time(timeline, mark.row.archived_at) for mark in timeline.marks]
    longest = max(map(len, times))
    return [["archived"], *([time.ljust(longest)] for time in times)]


def _time(timeline: Timeline, instant: str) -> str:
    """Leave the day, or at least the year, out where all rows share it."""
    shared = (size for size in (11, 5) if len({at[:size] for at in timeline.instants}) == 1)
    return instant[next(shared, 0) :]


def _seconds(timeline: Timeline) -> list[list[str]]:
    """Return the header and one line per row: a column per instant, a star where the row stands."""
    heads = [_time(timeline, instant) for instant in timeline.instants]
    columns = list(zip(heads, timeline.instants, strict=True))
    return [heads, *([_dot(mark, head, at) for head, at in columns] for mark in timeline.marks)]


def _dot(mark: Mark, head: str, instant: str) -> str:
    return ("*" if mark.row.archived_at == instant else "").ljust(len(head))


def _left_columns(marks: tuple[Mark, ...], *, with_hash: bool) -> list[str]:
    """Return the header and one text per row: number, resource if several, tag, short hash."""
    rows = [mark.row for mark in marks]
    columns = [["row", *(str(row.id) for row in rows)]]
    if len({(row.kind, row.resource_id) for row in rows}) > 1:
        columns.append(["resource", *(_short(f"{row.kind}/{row.resource_id}") for row in rows)])
    columns.append(["tag", *(_short(row.tag) for row in rows)])
    if with_hash and any(row.version_hash for row in rows):
        columns.append(["hash", *(row.version_hash[:8] for row in rows)])
    widths = [max(map(len, column)) for column in columns]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in zip(*columns, strict=True)
    ]


def _short(text: str, room: int = 14) -> str:
    return text if len(text) <= room else f"{text[: room - 10]}..{text[-8:]}"


def _pointer(mark: Mark, *, is_listing: bool) -> str:
    places = (("got", mark.answered), ("expected", mark.expected))
    told = [f"{word} {at}" if is_listing else word for word, at in places if at]
    doubt = "?" if mark.alike and mark.answered and not is_listing else ""
    return f"  <- {', '.join(told)}{doubt}" if told else ""


def _footnotes(timeline: Timeline) -> Iterator[str]:
    if timeline.left_out:
        yield f"rows not shown: {timeline.left_out}"
    if not timeline.is_listing and any(mark.alike and mark.answered for mark in timeline.marks):
        yield "?: other rows hold the same audit record"
