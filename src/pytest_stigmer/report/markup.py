"""Pieces of HTML; every text that comes from outside passes through `text`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from pytest_stigmer.errors import visible


def text(value: object) -> str:
    """Return a text that is safe between tags and in quoted attributes."""
    return escape(visible(value))


def shown(value: Any) -> str:
    """Return a plain value as people read it: a text as it is, anything else as JSON."""
    return text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def link(target: str, words: object, *, kind: str = "") -> str:
    """Return a link to an anchor of the page."""
    styled = f' class="{kind}"' if kind else ""
    return f'<a href="#{text(target)}"{styled}>{text(words)}</a>'


def badge(status: str) -> str:
    """Return a status as a coloured word."""
    return f'<span class="badge {text(status)}">{text(status)}</span>'


def sent(path: str, times: Mapping[str, str]) -> str:
    """Return what a server sent as the time at a path, where it was read as another."""
    return f" <small>(the server sent {text(times[path])})</small>" if path in times else ""


def pairs(values: Iterable[tuple[str, Any]], times: Mapping[str, str] | None = None) -> str:
    """Return dotted paths and values as a list of definitions; `times` as `sent` has them."""
    rows = "".join(
        f"<div>{f'<dt>{text(path)}</dt>' if path else ''}"
        f"<dd>{shown(value)}{sent(path, times or {})}</dd></div>"
        for path, value in values
    )
    return f"<dl>{rows}</dl>" if rows else ""
