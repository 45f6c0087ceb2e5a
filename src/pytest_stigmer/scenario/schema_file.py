"""The JSON schema of a scenario file, made from the table of verbs; `schema.json` is its copy."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.forms import EXPECTED, NEVER, VALUES, listed, told
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.scenario.vocabulary import (
    KIND,
    MAX_REPEATS,
    Argument,
    closed,
    defined,
    whole_number,
)

if TYPE_CHECKING:
    from pytest_stigmer.scenario.vocabulary import Form, Verb

SCHEMA_PATH = Path(__file__).with_name("schema.json")
_WIDTH = 100

_DEFECT = told(
    "A defect's id.",
    {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    "tag-order-without-tiebreak",
)
_MARK = told("A mark's name.", {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}, "slow")
_CASE = told(
    "One case: its name, and values of any names.",
    {
        "type": "object",
        "properties": {
            "case": told("The case's name.", {"type": "string", "minLength": 1}, "upper case")
        },
        "additionalProperties": {},
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
        "required": ["case"],
    },
    {"case": "upper case", "tag": "STABLE"},
)

TOP_KEYS = (
    Argument(
        "scenario",
        {"type": "string", "minLength": 1},
        "What the scenario shows, as one sentence.",
        ("A tag moved twice within one second names the newest push",),
        required=True,
    ),
    Argument(
        "description",
        {"type": "string"},
        "Why it matters, for the reader.",
        ("Archives are stamped with whole seconds, so a tie must be broken by order.",),
    ),
    Argument(
        "clock",
        {"type": "string"},
        "The instant at which the frozen clock starts: ISO 8601 with a zone. Stated, it makes the "
        "scenario need a clock; left out, any server can run it.",
        ("2026-01-25T10:00:00.100Z",),
    ),
    Argument(
        "origin",
        listed({"type": "string", "minLength": 1}, uniqueItems=True),
        "Where the promise comes from: facts, hazards or tests of the real system.",
        (["D16", "TestStore_GetAuditByTag"],),
    ),
    Argument(
        "detects",
        listed(_DEFECT, uniqueItems=True),
        "The ids of the defects that turn this scenario red; `prove` holds the list exactly.",
        (["tag-order-without-tiebreak"],),
    ),
    Argument(
        "marks",
        listed(_MARK, uniqueItems=True),
        "pytest marks for the items of this file.",
        (["slow"],),
    ),
    Argument(
        "matrix",
        {"enum": ["plans"]},
        "`plans`: run the steps once per query plan that SQLite could choose.",
        ("plans",),
    ),
    Argument(
        "not_under",
        {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        "Conditions that change what the scenario means, each with the reason.",
        ({"restart": "the promise is about what one process remembers"},),
    ),
    Argument(
        "cases",
        listed(_CASE, minItems=1),
        "Run the steps once per case, each time on a fresh registry; `${case.KEY}` is a value.",
        ([{"case": "upper case", "tag": "STABLE"}],),
    ),
    Argument(
        "steps",
        listed(defined("step"), minItems=1),
        "What happens, in order.",
        ([{"push": {"name": "Calculator"}}],),
        required=True,
    ),
)

STEP_KEYS = (
    Argument(
        "as",
        {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "A name for the answer; later steps write `${name.path}` for a value of it.",
        ("one",),
    ),
    Argument(
        "returns",
        {},
        "What the answer must be; which form it takes depends on the verb.",
        ({"spec.tag": "stable"}, [], 3),
    ),
    Argument(
        "fails",
        defined("failure"),
        "The gRPC status that the step must fail with, and what its message must say.",
        ("NOT_FOUND", {"code": "INVALID_ARGUMENT", "message": "SKILL.md not found"}),
    ),
    Argument(
        "on",
        {"enum": ["other"]},
        "`other`: a second registry on the same file performs the step, as in another process.",
        ("other",),
    ),
    Argument(
        "ends",
        {"enum": ["committed", "rolled_back"], "default": "committed"},
        "How a `transaction` ends; left out: committed.",
        ("rolled_back",),
    ),
    Argument(
        "repeat",
        whole_number(minimum=1, maximum=MAX_REPEATS),
        "How often the step is performed; `${n}` counts from 1.",
        (60,),
    ),
)


@functools.cache
def build() -> Form:
    """Return the schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A pytest-stigmer scenario",
        "description": "A story told to a skill registry, step by step, and what it must answer. "
        "Texts may name saved answers: `${one.status.version_hash}`; a text that is one reference "
        "whole takes the value with its type, and `$${` stands for `${`.",
        **closed(TOP_KEYS),
        "$defs": {**VALUES, **EXPECTED, **_shared(), "step": _step()},
    }


def text() -> str:
    """Return the schema as the file has it."""
    return f"{_written(build())}\n"


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


def _shared() -> dict[str, Form]:
    """Return the arguments that several verbs take, each once."""
    taken = (KIND, *(one for verb in VERBS.values() for one in verb.arguments))
    return {one.shared: one.schema() for one in taken if one.shared}


def _step() -> Form:
    verbs = {name: _verb(verb) for name, verb in VERBS.items()}
    answers = {name: {"properties": {"returns": _returned(verb)}} for name, verb in VERBS.items()}
    refused = {"properties": {"returns": NEVER, "as": NEVER}}
    return told(
        "One step: exactly one verb with its arguments, and what is expected of it.",
        closed(
            verbs | {key.name: key.schema() for key in STEP_KEYS},
            oneOf=[{"required": [name]} for name in VERBS],
            dependentSchemas={**answers, "fails": refused},
        ),
        {"push": {"name": "Calculator", "tag": "stable"}, "as": "one"},
        {"advance": "300ms"},
    )


def _verb(verb: Verb) -> Form:
    if verb.bare:
        (argument,) = verb.arguments
        return told(verb.text, argument.form, *argument.examples)
    form = closed(verb.arguments)
    if "required" not in form:
        form["type"] = ["object", "null"]
    if verb.name == "push":
        form["dependentSchemas"] = {"artifact": {"properties": {"skill_md": NEVER, "files": NEVER}}}
    return told(verb.text, form, verb.example)


def _returned(verb: Verb) -> Form:
    return NEVER if verb.shape == "nothing" else defined(f"expected_{verb.shape}")
