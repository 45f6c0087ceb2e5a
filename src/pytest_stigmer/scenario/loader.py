"""A scenario file to a Scenario: all that is wrong with the file is said before it runs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pytest_stigmer.clock import parse_duration, parse_instant
from pytest_stigmer.errors import ScenarioError, visible
from pytest_stigmer.scenario.document import Document, Fault, Place, decode, parse
from pytest_stigmer.scenario.expressions import compiled
from pytest_stigmer.scenario.model import (
    Disputed,
    Scenario,
    Step,
    expected_failure,
    needed_capabilities,
)
from pytest_stigmer.scenario.reference_faults import PATHS, reference_faults
from pytest_stigmer.scenario.saved_values import (
    NoSuchValue,
    is_generated,
    mentions,
    references,
    with_case,
)
from pytest_stigmer.scenario.verbs import MAX_BYTES, VERBS, Shape, verb_of
from pytest_stigmer.scenario.violations import NESTING, all_steps, schema_faults

_FINE = {"advance": "1s"}
"""A step in which nothing is wrong."""
_OF_REGISTRY = frozenset({"skills", "store"})
"""What the verbs need that any registry on a file can perform."""


def load(path: Path) -> Scenario:
    """Read a scenario file.

    Raises ScenarioError with at most five lines, each `file:line: what is wrong`, and OSError when
    the file cannot be read at all.
    """
    return loads(path.read_bytes(), path)


@lru_cache(maxsize=1024)
def loads(data: bytes, path: Path) -> Scenario:
    """Read a scenario from the bytes of a file; `path` is what errors and reports name.

    The same bytes are read once: to hold a file against the schema takes 10 ms.
    """
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
    yield from _case_faults(document)
    saved: dict[str, Shape | None] = dict.fromkeys(PATHS)
    saved |= {"case": None} if "cases" in document.value else {}
    for place, step in all_steps(document.value):
        yield from _step_faults(step, place, document)
        yield from reference_faults(step, place, document, saved)
        yield from _save_fault(step, place, document, saved)


def _case_faults(document: Document) -> Iterator[Fault]:
    """Yield what is wrong with the steps once the values of each case are filled in."""
    cases = document.value.get("cases", ())
    names = [case["case"] for case in cases]
    for index, case in enumerate(cases):
        place: Place = ("cases", index)
        if case["case"] in names[:index]:
            yield Fault(document.line(place), f"the case `{case['case']}` is there twice")
        try:
            steps = with_case(document.value["steps"], case)
        except NoSuchValue as error:
            yield Fault(document.line(place), f"the case `{case['case']}`: {error}")
            continue
        # What says nothing of the case was looked at before.
        changed = [
            step if step != before else _FINE
            for step, before in zip(steps, document.value["steps"], strict=True)
        ]
        filled = replace(document, value={"scenario": "of one case", "steps": changed})
        for fault in schema_faults(filled):
            yield Fault(fault.line, f"the case `{case['case']}`: {fault.what}")


def _step_faults(step: dict[str, Any], place: Place, document: Document) -> Iterator[Fault]:
    readers = {"advance": parse_duration, "set_clock": parse_instant}
    for verb, reader in readers.items():
        if verb in step and not mentions(step[verb]):
            yield from _time_fault(reader, (*place, verb), document)
    if "ends" in step and "transaction" not in step:
        yield Fault(document.line((*place, "ends")), "`ends` belongs to a `transaction`")
    if "on" in step and (NESTING & step.keys() or VERBS[verb_of(step)].needs not in _OF_REGISTRY):
        yield Fault(document.line((*place, "on")), f"`on` cannot stand beside `{verb_of(step)}`")
    if "cut_short" in step and VERBS[verb_of(step)].needs != "skills":
        what = (
            f"`cut_short` cannot stand beside `{verb_of(step)}`: it is for calls of the skill API"
        )
        yield Fault(document.line((*place, "cut_short")), what)
    for key in NESTING & step.keys():
        yield from (
            Fault(
                document.line((*place, key, index)), f"`{verb_of(inner)}` cannot stand in `{key}`"
            )
            for index, inner in enumerate(step[key])
            if key == "together" and not _can_be_called(inner)
        )
    own = {key: value for key, value in step.items() if key not in NESTING}
    yield from _text_faults(own, place, document)


def _can_be_called(step: dict[str, Any]) -> bool:
    return (
        VERBS[verb_of(step)].needs in _OF_REGISTRY
        and not {"on", "repeat", "cut_short"} & step.keys()
    )


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
    if is_generated(value):
        yield from _length_fault(value, place, document)
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _text_faults(item, (*place, key), document)
    elif place[-1] == "matches" and "returns" in place:
        yield from _form_fault(compiled, value, "a regular expression", place, document)
    elif place[-1] == "base64" and not mentions(value):
        yield from _form_fault(_decode_base64, value, "base64", place, document)


def _length_fault(value: dict[str, Any], place: Place, document: Document) -> Iterator[Fault]:
    times = value["times"] if isinstance(value["times"], int) else 0
    if len(value["text"].encode()) * times > MAX_BYTES:
        yield Fault(document.line(place), f"`{place[-1]}`: longer than {MAX_BYTES} bytes")


def _decode_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _form_fault(
    reader: Callable[[str], Any], text: str, form: str, place: Place, document: Document
) -> Iterator[Fault]:
    try:
        reader(text)
    except ValueError as error:
        yield Fault(document.line(place), f"`{place[-1]}`: not {form}: {error}")


def _save_fault(
    step: dict[str, Any], place: Place, document: Document, saved: dict[str, Shape | None]
) -> Iterator[Fault]:
    name = step.get("as")
    if name in {*PATHS, "case", "n"}:
        line = document.line((*place, "as"))
        yield Fault(line, f"`{name}` has a meaning of its own; take another name")
    elif name in saved:
        yield Fault(document.line((*place, "as")), f"`{name}` is saved twice; take another name")
    elif name is not None:
        saved[name] = VERBS[verb_of(step)].shape


def _scenario(document: Document, path: Path) -> Scenario:
    value = document.value
    steps = _steps(value["steps"], ("steps",), document)
    names_files = any(text.partition(".")[0] in PATHS for _, text in references(value))
    scenario = Scenario(
        title=visible(value["scenario"].strip(), line=True),
        path=path,
        line=document.line(("scenario",), of_key=True),
        steps=steps,
        clock=value.get("clock"),
        description=value.get("description", ""),
        detects=tuple(value.get("detects", ())),
        detects_under={name: tuple(ids) for name, ids in value.get("detects_under", {}).items()},
        marks=tuple(value.get("marks", ())),
        matrix=value.get("matrix"),
        lines={key: document.line((key,)) for key in value},
        origin=tuple(value.get("origin", ())),
        not_under=value.get("not_under", {}),
        harmful=value.get("harmful", ""),
        cases=tuple(value.get("cases", ())),
    )
    needs = needed_capabilities(scenario.all_steps(), scenario.clock, files=names_files)
    return replace(scenario, needs=needs)


def _steps(steps: list[Any], place: Place, document: Document) -> tuple[Step, ...]:
    return tuple(_step(step, (*place, index), document) for index, step in enumerate(steps))


def _step(step: Mapping[str, Any], place: Place, document: Document) -> Step:
    name = verb_of(step)
    inner = _steps(step[name], (*place, name), document) if name in NESTING else ()
    arguments = {} if inner else _arguments(name, step[name])
    returns = step.get("returns")
    return Step(
        verb=name,
        arguments=arguments,
        line=document.line(place),
        place=place,
        save_as=step.get("as"),
        returns=returns,
        fails=expected_failure(step.get("fails")),
        refers=mentions([arguments, returns, step.get("fails")]),
        repeat=step.get("repeat", 1),
        on_other="on" in step,
        steps=inner,
        ends=step.get("ends", "committed"),
        disputed=_disputed(step.get("disputed")),
        cut_short=step.get("cut_short", ""),
    )


def _disputed(given: Mapping[str, Any] | None) -> Disputed | None:
    return Disputed(given["point"], expected_failure(given.get("fails"))) if given else None


def _arguments(name: str, given: Any) -> dict[str, Any]:
    verb = VERBS[name]
    return {verb.bare: given} if verb.bare else {**verb.defaults, **(given or {})}
