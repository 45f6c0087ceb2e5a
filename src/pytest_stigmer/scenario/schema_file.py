"""Makes the JSON schema of scenario files from `language.yaml`; `schema.json` is what ships."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_stigmer.scenario.document import parse

SCHEMA_PATH = Path(__file__).with_name("schema.json")
_LANGUAGE_PATH = Path(__file__).with_name("language.yaml")
_WIDTH = 100
_FORMS_WITHIN = frozenset({"if", "then", "else", "not", "items", "additionalProperties"})
_MAPS_OF_FORMS = frozenset({"properties", "dependentSchemas"})

Form = dict[str, Any]
_NEVER: Form = {"not": {}}


def text() -> str:
    """Return the schema as the file has it."""
    language = parse(_LANGUAGE_PATH.read_text(encoding="utf-8")).value
    return f"{_written(_Schema(language).build())}\n"


class _Schema:
    """The schema that a table of the language means."""

    def __init__(self, language: dict[str, Any]) -> None:
        self._language = language

    def build(self) -> Form:
        """Return the schema."""
        forms: dict[str, Form] = self._language["forms"] | self._language["arguments"]
        answers: dict[str, Form] = self._language["answers"]
        return {
            **self._language["file"],
            **self._taking(self._language["file_keys"]),
            "$defs": {
                **{name: self._form(form) for name, form in forms.items()},
                **{f"expected_{name}": self._answer(form) for name, form in answers.items()},
                "fields": self._fields("expected", "expected_value"),
                "message": self._fields("stored", "text"),
                "step": self._step(),
            },
        }

    def _form(self, form: str | Form) -> Form:
        """Return a form with the words of the table written out; a text names a form."""
        if isinstance(form, str):
            return _defined(form)
        made: Form = {}
        for word, value in form.items():
            made |= self._word(word, value)
        return made

    def _word(self, word: str, value: Any) -> Form:
        if word in _FORMS_WITHIN:
            return {word: self._form(value)}
        if word in _MAPS_OF_FORMS:
            return {word: {key: self._form(one) for key, one in value.items()}}
        made: dict[str, Callable[[], Form]] = {
            "form": lambda: _defined(value),
            "words": lambda: {"enum": self._language["words"][value]},
            "list_of": lambda: {"type": "array", "items": self._form(value)},
            "closed": lambda: self._closed(value),
            "or_reference": lambda: {"if": _defined("reference"), "else": self._form(value)},
        }
        if word in made:
            return made[word]()
        # Of an argument it says that it must be given, which the map around it tells.
        return {} if word == "required" and value is True else {word: value}

    def _closed(self, keys: dict[str, Any]) -> Form:
        properties = {key: self._form(form) for key, form in keys.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def _taking(self, arguments: dict[str, Any]) -> Form:
        """Return the form of a map of arguments."""
        shared = self._language["arguments"]
        found = {
            key: shared[one] if isinstance(one, str) else one for key, one in arguments.items()
        }
        required = [key for key, one in found.items() if one.get("required")]
        return self._closed(arguments) | ({"required": required} if required else {})

    def _fields(self, role: str, usual: str) -> Form:
        """Return the form of a map of a Skill's fields in one of their two roles."""
        fields = {}
        for path, field in self._language["fields"].items():
            form = field.get(role, usual)
            if form is not None:
                told = {key: field[key] for key in ("description", "examples")}
                fields[path] = told | ({"form": form} if isinstance(form, str) else form)
        return {
            "description": "Fields of a Skill by dotted path.",
            **self._closed(fields),
            "examples": [{"spec.skill_md": "# one"}],
        }

    def _step(self) -> Form:
        verbs = self._language["verbs"]
        step = self._closed(self._language["step_keys"])
        made = {name: self._verb(verb) for name, verb in verbs.items()}
        returned = {
            name: _defined(f"expected_{verb['answers']}") if "answers" in verb else _NEVER
            for name, verb in verbs.items()
        }
        return {
            **self._language["step"],
            **step,
            "properties": made | step["properties"],
            "oneOf": [{"required": [name]} for name in verbs],
            "dependentSchemas": {
                **{name: {"properties": {"returns": form}} for name, form in returned.items()},
                "fails": {"properties": {"returns": _NEVER, "as": _NEVER}},
            },
        }

    def _verb(self, verb: Form) -> Form:
        taken = verb.get("takes", {})
        told = {
            "needs": verb.get("needs"),
            "answers": verb.get("answers", "nothing"),
            "harmful": verb.get("harmful", False),
            "bare": next(iter(taken)) if verb.get("bare") else None,
        }
        if told["bare"]:
            form = self._form(taken[told["bare"]])
        else:
            form = self._taking(taken) | {"examples": verb["examples"]}
            if "required" not in form:
                form["type"] = ["object", "null"]
        more = {key: verb[key] for key in _MAPS_OF_FORMS & verb.keys()}
        return {**form, **more, "description": verb["description"], "x-verb": told}

    def _answer(self, form: Form) -> Form:
        """Let an expected answer also be an earlier one, or one of several, failures among them."""
        told = {key: form[key] for key in ("description", "examples")}
        right = {key: value for key, value in form.items() if key not in told}
        refused = {"closed": {"fails": "failure"}}
        either = {"if": {"type": "object", "required": ["fails"]}, "then": refused, "else": right}
        several = {"closed": {"one_of": {"list_of": _or_earlier(either)}}}
        answer = {"if": {"type": "object", "required": ["one_of"]}, "then": several, "else": right}
        return told | self._form(_or_earlier(answer))


def _or_earlier(answer: Form) -> Form:
    return {"if": {"type": "string"}, "then": "reference", "else": answer}


def _defined(name: str) -> Form:
    return {"$ref": f"#/$defs/{name}"}


def _written(value: Any, indent: str = "") -> str:
    """Write a value as JSON: on one line where it fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= _WIDTH or not isinstance(value, dict | list):
        return line
    inner = f"{indent}  "
    if isinstance(value, list):
        items = [_written(one, inner) for one in value]
    else:
        items = [f"{json.dumps(key)}: {_written(one, inner)}" for key, one in value.items()]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{closing}"
