"""Violations of the schema in words: where, what is wrong, the nearest valid word."""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pytest_stigmer.scenario.document import Document, Fault, Place
from pytest_stigmer.scenario.verbs import SCHEMA, STEP_KEYS, VERBS

NESTING = frozenset({"transaction", "together"})
"""The verbs whose value is a list of steps."""

_STEP_KEYS = tuple(key.name for key in STEP_KEYS)
_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "a map of keys",
}
_LONGEST = 60
_OUT_OF_PLACE = {
    "as": "`as` has nothing to save: the step is expected to fail; remove one of the two",
    "returns": "`returns` cannot stand here: the verb answers nothing, or the step has `fails`",
    "skill_md": "`skill_md` cannot stand beside `artifact`, which is sent as it is",
    "files": "`files` cannot stand beside `artifact`, which is sent as it is",
    "base64": "`base64` cannot stand beside `message`; a row holds one of the two",
}


@functools.cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(SCHEMA)


def schema_faults(document: Document) -> Iterator[Fault]:
    """Yield everything in which a document is not as the schema says."""
    if not isinstance(document.value, dict):
        yield Fault(1, "a scenario file is a map of keys that starts with `scenario: ...`")
        return
    wrong_steps = dict(_verb_faults(document))
    yield from (Fault(document.line(at, of_key=True), what) for at, what in wrong_steps.items())
    places = {step_of(place) for place in wrong_steps}
    for broken in _violations(document):
        if step_of(broken.place) not in places:
            yield from _translate(broken, document)


def all_steps(value: Any, place: Place = (), key: str = "steps") -> Iterator[tuple[Place, Any]]:
    """Yield each step and the place where it stands, those within a step before the next."""
    steps = value.get(key)
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            here = (*place, key, index)
            for inner in (one for one in step if one in NESTING):
                yield from all_steps(step, here, inner)
            yield here, step


def step_of(place: Place) -> Place:
    """Return the place of the innermost step that a place lies in."""
    ends = [
        at + 1
        for at, part in enumerate(place)
        if at and isinstance(part, int) and place[at - 1] in {"steps", *NESTING}
    ]
    return place[: ends[-1]] if ends else place[:1]


def _verb_faults(document: Document) -> Iterator[tuple[Place, str]]:
    for place, step in all_steps(document.value):
        for key, what in _verb_fault(step):
            yield ((*place, key) if key else place), what


def _verb_fault(step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    verbs = [key for key in step if key in VERBS]
    unknown = [key for key in step if key not in VERBS and key not in _STEP_KEYS]
    if len(verbs) > 1:
        yield verbs[1], f"a step has one verb; `{verbs[1]}` belongs in a step of its own (`- `)"
    for key in unknown:
        if verbs:
            yield key, f"unknown key `{key}` in a step{nearest(key, _STEP_KEYS)}"
        else:
            yield key, f"unknown verb `{key}`{nearest(key, (*VERBS, *_STEP_KEYS))}"
    if not verbs and not unknown:
        yield "", "a step needs a verb, such as `push` or `advance`"


@dataclass(frozen=True, slots=True)
class _Violation:
    """One broken rule of the schema: which rule, what it wants, what is there instead and where."""

    rule: str
    wants: Any
    value: Any
    place: Place
    part: dict[str, Any]


def _violations(document: Document) -> Iterator[_Violation]:
    for error in _validator().iter_errors(document.value):
        place = tuple(error.absolute_path)
        yield _Violation(
            error.validator, error.validator_value, error.instance, place, error.schema
        )


def _translate(broken: _Violation, document: Document) -> Iterator[Fault]:
    if broken.rule == "additionalProperties":
        yield from _unknown_keys(broken, document)
        return
    of_key = broken.rule in {"required", "not"}
    yield Fault(document.line(broken.place, of_key=of_key), _wrong_value(broken))


def _unknown_keys(broken: _Violation, document: Document) -> Iterator[Fault]:
    valid = tuple(broken.part.get("properties", ()))
    for key in broken.value:
        if key not in valid:
            line = document.line((*broken.place, key), of_key=True)
            cure = _as_one_key(broken.place, key) or nearest(key, valid)
            yield Fault(line, f"unknown key `{key}` in {_named(broken.place)}{cure}")


def _as_one_key(place: Place, key: str) -> str:
    """Say how a field of a nested answer is written; '' for any other key."""
    within = place[len(step_of(place)) :]
    if len(within) < len(("returns", "field")) or within[0] != "returns":
        return ""
    path = ".".join(part for part in (*within[1:], key) if isinstance(part, str))
    return f"; write a field within another as one key: `{path}: ...`"


def _wrong_value(broken: _Violation) -> str:
    shown = f"{_named(broken.place)}: {_shown(broken.value)}"
    translate = _WORDS_FOR.get(broken.rule)
    return translate(broken, shown) if translate else f"{shown}: {broken.rule} is {broken.wants}"


def _missing(broken: _Violation, _shown: str) -> str:
    key = next(key for key in broken.wants if key not in broken.value)
    example = _example(broken.part.get("properties", {}).get(key, {}))
    return f"{_named(broken.place)} needs `{key}`{example}"


def _lacks_both(broken: _Violation, _shown: str) -> str:
    keys = (f"`{key}`" for branch in broken.wants for key in branch["required"])
    return f"{_named(broken.place)} needs {' or '.join(keys)}"


def _out_of_place(broken: _Violation, _shown: str) -> str:
    return _OUT_OF_PLACE[str(broken.place[-1])]


def _another_type(broken: _Violation, shown: str) -> str:
    text = f"{shown} must be {_types(broken.wants)}{_example(broken.part, broken.place)}"
    if "string" in broken.wants and isinstance(broken.value, bool | int):
        text += f"; quotes make it a text: '{json.dumps(broken.value)}'"
    return text


def _unknown_word(broken: _Violation, shown: str) -> str:
    return f"{shown} is not known{nearest(str(broken.value), broken.wants)}"


def _empty(broken: _Violation, _shown: str) -> str:
    return f"{_named(broken.place)} must not be empty{_example(broken.part, broken.place)}"


def _another_form(broken: _Violation, shown: str) -> str:
    return f"{shown} is not of the form {broken.wants}{_example(broken.part)}"


def _too_many_keys(broken: _Violation, _shown: str) -> str:
    return (
        f"{_named(broken.place)} takes one key only, one of {', '.join(broken.part['properties'])}"
    )


def _twice(broken: _Violation, _shown: str) -> str:
    return f"{_named(broken.place)} names something twice"


_WORDS_FOR: dict[str, Callable[[_Violation, str], str]] = {
    "required": _missing,
    "anyOf": _lacks_both,
    "not": _out_of_place,
    "type": _another_type,
    "enum": _unknown_word,
    "minItems": _empty,
    "minLength": _empty,
    "minProperties": _empty,
    "pattern": _another_form,
    "maxProperties": _too_many_keys,
    "uniqueItems": _twice,
}


def _named(place: Place) -> str:
    if not place:
        return "the scenario"
    step = step_of(place)
    if place == step and len(place) > 1:
        return "a step"
    within = place[len(step) :] if len(step) > 1 else place
    return f"`{'.'.join(part for part in within if isinstance(part, str))}`"


def _types(wanted: str | list[str]) -> str:
    names = [_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return _TYPES["array" if isinstance(value, list) else "object"]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _example(part: dict[str, Any], place: Place = ()) -> str:
    examples = part.get("examples") or _examples_at(place)
    return f", for example {json.dumps(examples[0], ensure_ascii=False)}"[:120] if examples else ""


def _examples_at(place: Place) -> tuple[Any, ...]:
    """Return the examples of the argument that a place is in, as the table of verbs has them."""
    within = [part for part in place[len(step_of(place)) :] if isinstance(part, str)]
    verb = VERBS.get(within[0]) if within else None
    name = (verb.bare if verb and verb.bare else within[-1]) if within else ""
    taken = [*(verb.arguments if verb else STEP_KEYS)]
    return next((one.examples for one in taken if one.name == name), ())


def nearest(word: str, valid: Iterable[str]) -> str:
    """Say which valid word was probably meant, or which there are when none is near."""
    words = [str(item) for item in valid]
    near = difflib.get_close_matches(
        word.lower(), [item.lower() for item in words], n=1, cutoff=0.5
    )
    if near:
        return f"; did you mean `{next(item for item in words if item.lower() == near[0])}`?"
    if not words:
        return "; it takes none"
    listed = ", ".join(words)
    return (
        f"; valid are {listed if len(listed) <= 2 * _LONGEST else listed[: 2 * _LONGEST] + ' ...'}"
    )
