"""The steps of a run on a page: what differs of a red one, and all of them in a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pytest_stigmer.errors import visible
from pytest_stigmer.report.data import Deviation, Pairs, RunData, StepData
from pytest_stigmer.report.markup import link, pairs, sent, shown, text
from pytest_stigmer.scenario.render import cut, grpcurl

_MERE_SUCCESS = (("", "success"),)
_TELLING = ("code", "message", "metadata.id", "spec.tag", "spec.skill_md", "status.version_hash")
"""The ends of the paths that tell versions apart."""
_FEW = 6
_MAX_VALUE = 160


def red_step(step: StepData, run: RunData, place: str) -> Iterator[str]:
    """Yield what a red step says: what was sent, what differs, and which archives are concerned."""
    yield f'<div class="red"><p class="head">{_head(step, place)}</p>{pairs(step.sent)}'
    for found in step.leading:
        yield _difference(step, found)
    yield _rows(step, run)
    yield "</div>"


def transcript(run: RunData, place: str, steps: list[StepData]) -> Iterator[str]:
    """Yield steps in a row."""
    yield '<ol class="steps">'
    for step in steps:
        kind = ' class="wrong"' if step.differences else ""
        number = run.steps.index(step) + 1
        yield f'<li{kind} value="{number}"><p class="head">{_head(step, place)}</p>'
        yield f'<div class="sides">{_side("sent", pairs(step.sent))}{_side("answer", _got(step))}'
        yield f"{_side('expected', _expected(step))}</div></li>"
    yield "</ol>"


def calls(run: RunData) -> Iterator[str]:
    """Yield the calls of a run for a shell, each with its status and its answer."""
    lines = []
    for step in run.steps:
        if step.rpc:
            lines.append(grpcurl(step.rpc.method, step.rpc.request, run.target))
            answer = "" if step.rpc.answer is None else json.dumps(step.rpc.answer)
            lines.append(f"# {step.rpc.status} {step.rpc.message}{answer}")
    if lines:
        told = "\n".join(text(visible(line, line=True)) for line in lines)
        yield "<details><summary>The calls, for a shell</summary>"
        yield f'<pre tabindex="0">{told}</pre></details>'


def _head(step: StepData, place: str) -> str:
    saved = f" as {text(step.save_as)}" if step.save_as else ""
    at = f' <span class="at">{text(step.at[11:-1])}</span>' if step.at else ""
    return (
        f"<b>{text(step.verb)}</b>{saved} {link(f'{place}-L{step.line}', f'line {step.line}')}{at}"
    )


def _side(name: str, content: str) -> str:
    return f'<div><span class="side">{name}</span>{content}</div>' if content else ""


def _got(step: StepData) -> str:
    if step.left_out:
        return text(f"left out: {step.left_out}")
    asked = {path for path, _ in step.expected} | {found.where for found in step.differences}
    telling = tuple(
        pair
        for pair in step.got
        if pair[0].endswith(_TELLING) or (len(asked) <= _FEW and pair[0] in asked)
    )
    return _few(telling, step.got, step) or "done"


def _few(telling: Pairs, everything: Pairs, step: StepData) -> str:
    """Show what tells versions apart, and the rest folded."""
    if len(everything) <= _FEW or not telling:
        return pairs(everything, step.server_times)
    rest = tuple(pair for pair in everything if pair not in telling)
    more = f"<details><summary>and {len(rest)} more</summary>{pairs(rest, step.server_times)}"
    return f"{pairs(telling, step.server_times)}{more}</details>" if rest else pairs(telling)


def _expected(step: StepData) -> str:
    if step.expected == _MERE_SUCCESS and not step.differences:
        return ""
    telling = tuple(pair for pair in step.expected if pair[0].endswith(_TELLING))
    return _few(telling, step.expected, step)


def _difference(step: StepData, found: Deviation) -> str:
    followers = step.followers(found)
    more = f"<p>and {followers} that follow from it</p>" if followers else ""
    return (
        f'<div class="difference"><p><b>{text(found.where or "the answer")}</b> '
        f"{text(found.why)}</p><dl><div><dt>expected</dt><dd>{_short(found.expected)}</dd></div>"
        f'<div class="got"><dt>got</dt><dd>{_short(found.got)}'
        f"{sent(found.where, step.server_times)}</dd></div></dl>{more}</div>"
    )


def _short(value: Any) -> str:
    """Show a value; a map is told whole below."""
    return shown(value if isinstance(value, str) else cut(json.dumps(value), _MAX_VALUE))


def _rows(step: StepData, run: RunData) -> str:
    """Return the archives in the order of their writing, with what was got and what expected."""
    at = run.steps.index(step)
    rows = [one for one in run.archives if one.step <= at]
    if not rows or not (step.answered or step.expected_rows):
        return ""
    days = {one.archived_at[:11] for one in rows}
    start = 11 if len(days) == 1 else 0  # a day that all share says nothing
    body = "".join(
        f"<tr{_mark_kind(step, str(one.id))}><td>{one.id}</td><td>{text(one.tag)}</td>"
        f"<td><code>{text(one.version_hash[:8])}</code></td><td>{text(one.archived_at[start:])}</td>"
        f"<td>{_mark(step, str(one.id), is_listing=len(step.answered) > 1)}</td></tr>"
        for one in rows
    )
    heads = "".join(
        f'<th scope="col">{word}</th>' for word in ("row", "tag", "hash", "archived", "answer")
    )
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="Audit rows">'
        f'<table class="rows"><caption>Audit rows in the order of their writing</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _mark_kind(step: StepData, row: str) -> str:
    got, expected = step.answered.get(row), step.expected_rows.get(row)
    if got == expected:
        return ""
    return ' class="got"' if got else ' class="due"'


def _mark(step: StepData, row: str, *, is_listing: bool) -> str:
    places = (("got", step.answered.get(row)), ("expected", step.expected_rows.get(row)))
    told = [f"{word} {at}" if is_listing else word for word, at in places if at]
    return f"&larr; {', '.join(told)}" if told else ""
