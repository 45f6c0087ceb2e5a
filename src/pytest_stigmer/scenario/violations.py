"""Violations of the schema in words: where, what is wrong, the nearest valid word."""

from __future__ import annotations

import difflib
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.document import Fault, Place
from pytest_stigmer.scenario.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_stigmer.scenario.document import Document

SCHEMA_PATH = Path(__file__).with_name("schema.json")

STEP_KEYS = ("as", "returns", "fails")
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
def schema() -> dict[str, Any]:
    """Return the shipped JSON schema of a scenario file."""
    loaded: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return loaded


@functools.cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def schema_faults(document: Document) -> Iterator[Fault]:
    """Yield everything in which a document is not as the schema says."""
    if not isinstance(document.value, dict):
        yield Fault(1, "a scenario file is a map of keys that starts with `scenario: ...`")
        return
    wrong_steps = dict(_verb_faults(document))
    yield from (Fault(document.line(at, of_key=True), what) for at, what in wrong_steps.items())
    places = {place[:2] for place in wrong_steps}
    for broken in _violations(document):
        if broken.place[:2] not in places:
            yield from _translate(broken, document)


def _verb_faults(document: Document) -> Iterator[tuple[Place, str]]:
    steps = document.value.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            for key, what in _verb_fault(step):
                place: Place = ("steps", index, key) if key else ("steps", index)
                yield place, what


def _verb_fault(step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    verbs = [key for key in step if key in VERBS]
    unknown = [key for key in step if key not in VERBS and key not in STEP_KEYS]
    if len(verbs) > 1:
        yield verbs[1], f"a step has one verb; `{verbs[1]}` belongs in a step of its own (`- `)"
    for key in unknown:
        if verbs:
            yield key, f"unknown key `{key}` in a step{nearest(key, STEP_KEYS)}"
        else:
            yield key, f"unknown verb `{key}`{nearest(key, (*VERBS, *STEP_KEYS))}"
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
            what = f"unknown key `{key}` in {_named(broken.place)}{nearest(key, valid)}"
            yield Fault(line, what)


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
    text = f"{shown} must be {_types(broken.wants)}{_example(broken.part)}"
    if "string" in broken.wants and isinstance(broken.value, bool | int):
        text += f"; quotes make it a text: '{json.dumps(broken.value)}'"
    return text


def _unknown_word(broken: _Violation, shown: str) -> str:
    return f"{shown} is not known{nearest(str(broken.value), broken.wants)}"


def _empty(broken: _Violation, _shown: str) -> str:
    return f"{_named(broken.place)} must not be empty{_example(broken.part)}"


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
    words = [str(part) for part in place if not isinstance(part, int)]
    if not words:
        return "the scenario"
    if words == ["steps"]:
        return "`steps`" if len(place) == 1 else "a step"
    return f"`{'.'.join(words[1:] if words[0] == 'steps' else words)}`"


def _types(wanted: str | list[str]) -> str:
    names = [_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return _TYPES["array" if isinstance(value, list) else "object"]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _example(part: dict[str, Any]) -> str:
    examples = part.get("examples", ())
    return f", for example {json.dumps(examples[0], ensure_ascii=False)}"[:120] if examples else ""


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
