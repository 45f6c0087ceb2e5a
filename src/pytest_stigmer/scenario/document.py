"""YAML to plain values with line numbers: one document, no tags, no aliases, no surprises.

Plain scalars are those of YAML 1.2 that the language needs: null, true, false, decimal integers;
all else is text, so `yes`, `012`, `1.0` and `2026-01-25` stay what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_VALUES = 5000
_TOO_DEEP = f"values are nested deeper than {MAX_DEPTH} levels"

Place = tuple[str | int, ...]

_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | dict.fromkeys(
    ("true", "True", "TRUE"), True
)
_WORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})", re.ASCII)
_TAB = re.compile(r"[ -]*\t")
_BARE_REFERENCE = re.compile(r"[:\[,-]\s+\$\{")
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ADVICE = {
    "found undefined tag handle": "tags are not part of the language; remove the `!`",
    "could not find expected ':'": "a key without `:`",
    "mapping values are not allowed": (
        "a second `:` in one value (put the value in quotes), or a line indented too far"
    ),
    "did not find expected '-' indicator": (
        "this line is indented otherwise than its neighbours; the keys of one step stand below "
        "each other, two columns right of its `-`"
    ),
    "expected <block end>": "this line is indented otherwise than its neighbours",
    "found unexpected end of stream": "a quote is opened and never closed",
    "found character that cannot start any token": (
        "a value cannot start with this character; put the value in quotes"
    ),
}


class Fault(Exception):
    """One thing wrong with a file: the line (from 1) and what to do about it."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(line, what)
        self.line = line
        self.what = what


@dataclass(slots=True)
class Document:
    """A parsed file: the value, and for each place in it its lines and its column."""

    value: Any = None
    keys: dict[Place, int] = field(default_factory=dict)
    starts: dict[Place, int] = field(default_factory=dict)
    ends: dict[Place, int] = field(default_factory=dict)
    columns: dict[Place, int] = field(default_factory=dict)
    flows: set[Place] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def line(self, place: Place, *, of_key: bool = False) -> int:
        """Return the line of a value or of its key, else of the nearest place around it."""
        while place and place not in self.starts:
            place = place[:-1]
        lines = self.keys if of_key and place in self.keys else self.starts
        return lines.get(place, 1)


def decode(data: bytes) -> str:
    """Return the text of a file; raises Fault when it is too long or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise Fault(1, f"the file has {len(data)} bytes; a scenario has at most {MAX_BYTES}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Fault(1, "the file is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise Fault(line, f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8") from None
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise Fault(line, f"character U+{ord(control[0]):04X} is not allowed in YAML; remove it")
    return text


def parse(text: str) -> Document:
    """Read one YAML document; raises Fault when it cannot be read at all.

    Duplicate keys are listed in `faults`, so that everything else is still checked.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return _Builder(yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error, text) from None


def _unreadable(error: Any, text: str) -> Fault:
    problem = str(error.problem or error)
    at_end = problem.startswith("found unexpected end")
    mark = error.context_mark if at_end else error.problem_mark
    line = min(mark.line, text.count("\n")) if mark else 0
    if "nesting depth" in problem:  # PyYAML 6.0.4 counts itself, before it gives a value to us
        return Fault(line + 1, _TOO_DEEP)
    if _indented_by_tab(text, line):
        return Fault(line + 1, "a tab is used for indentation; YAML takes spaces only")
    if _has_bare_reference(text, line):
        return Fault(line + 1, "a value with `${...}` must be in quotes")
    advice = next((hint for start, hint in _ADVICE.items() if problem.startswith(start)), problem)
    return Fault(line + 1, f"not readable as YAML: {advice}")


def _indented_by_tab(text: str, line: int) -> bool:
    return any(_TAB.match(row) for row in _rows(text, line))


def _has_bare_reference(text: str, line: int) -> bool:
    return any(_BARE_REFERENCE.search(row) for row in _rows(text, line))


def _rows(text: str, line: int) -> list[str]:
    """Return the line where the parser stopped and the one before, which may have misled it."""
    return text.split("\n")[max(0, line - 1) : line + 1]


def scalar(text: str) -> Any:
    """Read one plain scalar: null, true, false, a decimal integer, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


class _Builder:
    """Turns the parser's events into values and refuses what the language does not have."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._document = Document()
        self._count = 0
        self._last = 0

    def document(self) -> Document:
        for event in self._events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                self._start_document(event)
        if self._count == 0:
            raise Fault(1, "the file is empty; a scenario has at least `scenario:` and `steps:`")
        return self._document

    def _start_document(self, event: Any) -> None:
        self._count += 1
        if self._count > 1:
            what = "a second document starts here; write one scenario per file"
            raise Fault(event.start_mark.line + 1, what)
        self._document.value = self._node(next(self._events), ())

    def _node(self, event: Any, place: Place) -> Any:
        line = event.start_mark.line + 1
        self._refuse(event, line, place)
        self._document.starts[place] = line
        self._document.columns[place] = event.start_mark.column
        name = type(event).__name__
        if name == "ScalarEvent":
            self._last = self._document.ends[place] = _end_line(event)
            return event.value if event.style else scalar(event.value)
        if event.flow_style:
            self._document.flows.add(place)
        return self._map(place) if name == "MappingStartEvent" else self._list(place)

    def _refuse(self, event: Any, line: int, place: Place) -> None:
        if type(event).__name__ == "AliasEvent":
            raise Fault(line, f"`*{event.anchor}`: aliases are not part of the language; repeat it")
        if event.anchor is not None:
            raise Fault(line, f"`&{event.anchor}`: anchors are not part of the language; remove it")
        if event.tag is not None:
            raise Fault(line, f"`{event.tag}`: tags are not part of the language; remove it")
        if len(place) > MAX_DEPTH:
            raise Fault(line, _TOO_DEEP)
        if len(self._document.starts) >= MAX_VALUES:
            raise Fault(line, f"this is value number {MAX_VALUES + 1}; split the scenario")

    def _list(self, place: Place) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self._node(event, (*place, len(items))))
        self._close(place, event)
        return items

    def _map(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self._key(event, place, found)
            line = event.start_mark.line + 1
            found[key] = self._node(next(self._events), (*place, key))
            self._document.keys[(*place, key)] = line
        self._close(place, event)
        return found

    def _key(self, event: Any, place: Place, found: dict[str, Any]) -> str:
        line = event.start_mark.line + 1
        self._refuse(event, line, place)
        if type(event).__name__ != "ScalarEvent":
            raise Fault(line, "a key must be one word; this one is a list or a map")
        key: str = event.value
        if key in found:
            first = self._document.keys[(*place, key)]
            what = f"duplicate key `{key}`; it is already on line {first}"
            self._document.faults.append(Fault(line, what))
        return key

    def _close(self, place: Place, event: Any) -> None:
        if place in self._document.flows:
            self._last = int(event.end_mark.line) + 1
        self._document.ends[place] = self._last


def _end_line(event: Any) -> int:
    mark = event.end_mark
    return int(mark.line) if event.style in ("|", ">") and mark.column == 0 else int(mark.line) + 1
