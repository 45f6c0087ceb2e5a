"""Scenario files for authors: a commented start, and expectations filled in from what happened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pytest_stigmer.scenario.document import Document, decode, parse
from pytest_stigmer.scenario.runner import Outcome, Performed
from pytest_stigmer.scenario.schema_file import SCHEMA_PATH
from pytest_stigmer.scenario.verbs import VERBS

_TEMPLATE = """\
# yaml-language-server: $schema={schema}
# One sentence that says what must be true; it is the name under which a failure is reported.
scenario: {title}
# Where the frozen clock starts. Without it the scenario also runs on servers whose clock is real.
clock: 2026-01-25T10:00:00.100Z
# The defects that must turn this scenario red (`stigmer-harness defects` lists them).
detects: []
steps:
  # A step is one verb with its arguments; `as` names the answer for later steps.
  - push: {{name: Calculator, tag: stable, skill_md: "# one"}}
    as: one
  - advance: 300ms
  - push: {{name: Calculator, tag: stable, skill_md: "# two"}}
    as: two
  - push: {{name: Calculator, tag: beta, skill_md: "# three"}}
  # `returns` names only the fields that matter; ${{two.status.version_hash}} is a saved value.
  - get_by_reference: {{slug: calculator, version: stable}}
    returns: {{status.version_hash: "${{two.status.version_hash}}"}}
  # `fails` is the gRPC status that the step must fail with.
  - get_by_reference: {{slug: calculator, version: missing}}
    fails: NOT_FOUND
  # A step without `returns` or `fails` must succeed; `run --complete` fills in what it answered:
  # - list_audit_history: {{resource_id: "${{two.metadata.id}}"}}
"""

# Fields that differ from run to run or say nothing about a scenario.
_UNTOLD = re.compile(
    r"api_version|kind|metadata\.id|metadata\.version|status\.audit|status\.artifact_storage_key"
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
# What JSON leaves as it is and YAML does not take, or takes for the end of a line.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WORDS = frozenset({"true", "false", "null"})
_CLAIMS = ("detects",)


def new_scenario(name: str, *, schema: str | None = None) -> str:
    """Return the text of a commented scenario file that passes on a correct registry.

    `name` becomes the title, `-` and `_` read as blanks; `schema` is the path that editors are
    pointed to, the installed schema unless given.
    """
    title = " ".join(re.split(r"[-_\s]+", name)).strip() or "a new scenario"
    where = schema or SCHEMA_PATH.as_posix()
    return _TEMPLATE.format(title=_quoted(title), schema=where)


def scenario_text(
    title: str, steps: Iterable[Mapping[str, Any]], *, clock: str | None = None, told: str = ""
) -> str:
    """Return the text of a scenario file.

    Each step maps one verb to its arguments, with `as`, `returns` and `fails` where it has them;
    values are as the file has them, `${...}` included. `told` is the description.
    """
    lines = [f"scenario: {_quoted(title)}\n"]
    if told:
        lines.append(f"description: {_quoted(told)}\n")
    if clock:
        lines.append(f"clock: {clock}\n")
    lines.append("steps:\n")
    for step in steps:
        for turn, (key, value) in enumerate(step.items()):
            lines.append(f"  {' ' if turn else '-'} {key}: {_flow(value, is_escaped=True)}\n")
    return "".join(lines)


def complete(path: Path, outcome: Outcome) -> tuple[str, list[tuple[int, str]]]:
    """Fill in `returns` or `fails` of the steps that state neither, from what happened.

    Returns the new text, every other byte of the file as it was, and the lines written: number in
    the new text, and the line. Steps that answer nothing, and steps written as `{...}` on one
    line, are left alone. Nothing is written to disk.
    """
    data = path.read_bytes()
    text = decode(data)
    document = parse(text)
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    written: list[tuple[int, str]] = []
    for after, line in _additions(document, outcome):
        at = after + len(written)
        if not lines[at - 1].endswith(("\n", "\r")):
            lines[at - 1] += newline
        lines.insert(at, line + newline)
        written.append((at + 1, line))
    start = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    return start + "".join(lines), written


def claim(path: Path, defects: Iterable[str]) -> tuple[str, list[str]]:
    """Add defects to a file's `detects`, each in its place; every other byte stays as it was.

    Returns the new text and what was added. Nothing is written to disk.
    """
    data = path.read_bytes()
    text = decode(data)
    document = parse(text)
    before = list(document.value.get("detects") or [])
    added = sorted(set(defects) - set(before))
    lines = text.splitlines(keepends=True)
    if added and before and _CLAIMS in document.flows:
        last = (*_CLAIMS, len(before) - 1)
        at = document.ends[_CLAIMS] - 1
        past = document.columns[last] if document.starts[last] == at + 1 else 0
        end = lines[at].index("]", past)
        lines[at] = f"{lines[at][:end]}, {', '.join(added)}{lines[at][end:]}"
    elif added:
        _insert_claims(lines, document, before, added)
    start = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    return start + "".join(lines), added


def _insert_claims(
    lines: list[str], document: Document, before: list[str], added: list[str]
) -> None:
    """Insert a line for each added claim: in order, below the key, or with the key before steps."""
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    first, indent = document.keys.get(_CLAIMS), "  - "
    if first is None:
        first = document.keys.get(("matrix",)) or document.keys["steps",]
        lines.insert(first - 1, f"detects:{newline}")
    elif before:
        line = lines[document.starts[*_CLAIMS, 0] - 1]
        indent = line[: line.index("-") + 2]
    else:
        lines[first - 1] = re.sub(r"(?<=:) *(\[ *\]|null|~)", "", lines[first - 1], count=1)
    for number, defect in enumerate(added):
        smaller = sum(known < defect for known in before)
        at = document.ends[*_CLAIMS, smaller - 1] if smaller else first
        lines.insert(at + number, f"{indent}{defect}{newline}")


def _additions(document: Document, outcome: Outcome) -> Iterator[tuple[int, str]]:
    for performed in sorted(outcome.performed, key=lambda one: document.ends[one.step.place]):
        place = performed.step.place
        if place not in document.flows:
            told = _expectation(performed)
            if told:
                yield document.ends[place], " " * document.columns[place] + told


def _expectation(performed: Performed) -> str | None:
    step, failure = performed.step, performed.answer.failure
    if step.returns is not None or step.fails is not None or performed.left_out:
        return None
    if failure is not None:
        return None if step.save_as else f"fails: {failure.code}"
    if VERBS[step.verb].shape == "nothing":
        return None
    return f"returns: {_flow(_telling(performed.answer.value))}"


def _telling(value: Any) -> Any:
    """Keep of a Skill the fields that a reader would check; lists element by element."""
    if isinstance(value, list):
        return [_telling(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "artifact" in value:
        return {"sha256": value["sha256"], "size": value["size"]}
    return dict(_leaves(value))


def _leaves(value: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        place = f"{path}{key}"
        if _UNTOLD.match(place) or item in ("", None, [], {}):
            continue
        if isinstance(item, dict) and key not in {"labels", "annotations"}:
            yield from _leaves(item, f"{place}.")
        else:
            yield place, item


def _flow(value: Any, *, is_escaped: bool = False) -> str:
    """Write a value on one line of YAML; every text that could be read otherwise is quoted."""
    if isinstance(value, dict):
        items = (
            f"{_flow(key)}: {_flow(item, is_escaped=is_escaped)}" for key, item in value.items()
        )
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item, is_escaped=is_escaped) for item in value) + "]"
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if is_plain else _quoted(value if is_escaped else value.replace("${", "$${"))
    return json.dumps(value)


def _quoted(text: str) -> str:
    shown = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)
