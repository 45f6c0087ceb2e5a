"""A scenario file to a Scenario: all that is wrong with the file is said before it runs."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import parse_duration, parse_instant
from pytest_stigmer.errors import ScenarioError
from pytest_stigmer.scenario.document import Fault, decode, parse
from pytest_stigmer.scenario.model import ExpectedFailure, Scenario, Step, needed_capabilities
from pytest_stigmer.scenario.saved_values import is_well_formed, mentions, references
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.scenario.violations import nearest, schema, schema_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytest_stigmer.scenario.document import Document, Place


def load(path: Path) -> Scenario:
    """Read a scenario file.

    Raises ScenarioError with at most five lines, each `file:line: what is wrong`, and OSError when
    the file cannot be read at all.
    """
    return loads(path.read_bytes(), path)


def loads(data: bytes, path: Path) -> Scenario:
    """Read a scenario from the bytes of a file; `path` is what errors and reports name."""
    try:
        document = parse(decode(data))
    except Fault as fault:
        raise ScenarioError.of_file(path, [(fault.line, fault.what)]) from None
    faults = [*document.faults, *schema_faults(document)]
    if not faults:
        faults += _meaning_faults(document)
    if faults:
        faults.sort(key=lambda fault: fault.line)
        raise ScenarioError.of_file(path, [(fault.line, fault.what) for fault in faults])
    return _scenario(document, path)


def _meaning_faults(document: Document) -> Iterator[Fault]:
    """Yield what the schema cannot say; the document is valid by the schema."""
    if "clock" in document.value:
        yield from _time_fault(parse_instant, ("clock",), document)
    saved: set[str] = set()
    for index, step in enumerate(document.value["steps"]):
        place = ("steps", index)
        yield from _step_faults(step, place, document)
        yield from _reference_faults(step, place, document, saved)
        yield from _save_fault(step, place, document, saved)


def _step_faults(step: dict[str, Any], place: Place, document: Document) -> Iterator[Fault]:
    readers = {"advance": parse_duration, "set_clock": parse_instant}
    for verb, reader in readers.items():
        if verb in step and not mentions(step[verb]):
            yield from _time_fault(reader, (*place, verb), document)
    yield from _text_faults(step, place, document)


def _time_fault(reader: Any, place: Place, document: Document) -> Iterator[Fault]:
    value: Any = document.value
    for part in place:
        value = value[part]
    try:
        reader(value)
    except (ValueError, OverflowError) as error:
        yield Fault(document.line(place), f"`{place[-1]}`: {error}")


def _text_faults(value: Any, place: Place, document: Document) -> Iterator[Fault]:
    """Check, at any depth, the texts whose form the schema cannot tell: expressions and base64."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _text_faults(item, (*place, key), document)
    elif place[-1] == "matches" and "returns" in place:
        yield from _form_fault(re.compile, value, "a regular expression", place, document)
    elif place[-1] == "base64" and not mentions(value):
        yield from _form_fault(_decode_base64, value, "base64", place, document)


def _decode_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _form_fault(
    reader: Callable[[str], Any], text: str, form: str, place: Place, document: Document
) -> Iterator[Fault]:
    try:
        reader(text)
    except (re.error, ValueError) as error:
        yield Fault(document.line(place), f"`{place[-1]}`: not {form}: {error}")


def _reference_faults(
    step: dict[str, Any], place: Place, document: Document, saved: set[str]
) -> Iterator[Fault]:
    for inner, text in references(step):
        line = document.line((*place, *inner))
        name = text.partition(".")[0]
        if not is_well_formed(text):
            yield Fault(
                line, f"`${{{text}}}` is not a saved name and a path; write `${{name.path}}`"
            )
        elif name not in saved:
            hint = nearest(name, sorted(saved)) if saved else "; no step before it has an `as:`"
            yield Fault(line, f"`${{{text}}}`: nothing is saved as `{name}` before this step{hint}")


def _save_fault(
    step: dict[str, Any], place: Place, document: Document, saved: set[str]
) -> Iterator[Fault]:
    name = step.get("as")
    if name in saved:
        yield Fault(document.line((*place, "as")), f"`{name}` is saved twice; take another name")
    elif name is not None:
        saved.add(name)


def _scenario(document: Document, path: Path) -> Scenario:
    value = document.value
    steps = tuple(
        _step(step, document.line(("steps", index))) for index, step in enumerate(value["steps"])
    )
    return Scenario(
        title=value["scenario"],
        path=path,
        line=document.line(("scenario",), of_key=True),
        steps=steps,
        clock=value.get("clock"),
        description=value.get("description", ""),
        detects=tuple(value.get("detects", ())),
        marks=tuple(value.get("marks", ())),
        matrix=value.get("matrix"),
        lines={key: document.line((key,)) for key in value},
        needs=needed_capabilities(steps, value.get("clock")),
    )


def _step(step: Mapping[str, Any], line: int) -> Step:
    name = next(key for key in step if key in VERBS)
    arguments = _arguments(name, step[name])
    returns = step.get("returns")
    return Step(
        verb=name,
        arguments=arguments,
        line=line,
        save_as=step.get("as"),
        returns=returns,
        fails=_expected_failure(step.get("fails")),
        refers=mentions([arguments, returns, step.get("fails")]),
    )


def _arguments(name: str, given: Any) -> dict[str, Any]:
    bare = VERBS[name].bare
    if bare:
        return {bare: given}
    stated = schema()["$defs"]["step"]["properties"][name].get("properties", {})
    defaults = {key: part["default"] for key, part in stated.items() if "default" in part}
    return {**defaults, **(given or {})}


def _expected_failure(given: Any) -> ExpectedFailure | None:
    if given is None:
        return None
    return ExpectedFailure(given) if isinstance(given, str) else ExpectedFailure(**given)
