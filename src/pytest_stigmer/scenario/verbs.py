"""The verbs and keys of the language, as `schema.json` has them, which is made from one table.

A verb that is added to `language.yaml` is in the language; a target performs it as soon as it has
its method.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

Capability = Literal[
    "skills", "store", "transactions", "second", "clock", "faults", "files", "reopen"
]
Shape = Literal["skill", "skills", "artifact", "count", "keys", "file", "rows", "nothing"]

MAX_BYTES = 20 * 1024 * 1024
"""How long a generated text may be."""

SCHEMA: dict[str, Any] = json.loads(
    Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
)
"""The JSON schema of a scenario file."""


@dataclass(frozen=True)
class Argument:
    """An argument of a verb or a key of a file, and what a reader must know of it."""

    name: str
    text: str
    examples: tuple[Any, ...]
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Verb:
    """One verb of the language.

    `needs` is the capability a target must have (None: what its steps need), `shape` the form of
    the answer. A verb written as a bare value (`advance: 300ms`) names in `bare` the argument that
    the value becomes. What is `harmful` could damage a server that others use.
    """

    name: str
    text: str
    part: Mapping[str, Any]
    needs: Capability | None
    shape: Shape
    bare: str | None
    harmful: bool

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """What it takes."""
        if self.bare:
            return (Argument(self.bare, self.text, tuple(self.part["examples"]), required=True),)
        return arguments(self.part)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What the loader fills in for arguments that are left out."""
        return {one.name: one.default for one in self.arguments if one.default is not None}


def arguments(part: Mapping[str, Any]) -> tuple[Argument, ...]:
    """Return the keys of a map that a part of the schema describes."""
    required = part.get("required", ())
    return tuple(
        Argument(
            name,
            found["description"],
            tuple(found["examples"]),
            name in required,
            found.get("default"),
        )
        for name, one in part["properties"].items()
        for found in [SCHEMA["$defs"][one["$ref"].split("/")[-1]] if len(one) == 1 else one]
    )


def _verb(name: str, part: Mapping[str, Any]) -> Verb:
    told = part["x-verb"]
    return Verb(
        name,
        part["description"],
        part,
        needs=told["needs"],
        shape=told["answers"],
        bare=told["bare"],
        harmful=told["harmful"],
    )


_STEP = SCHEMA["$defs"]["step"]
VERBS: dict[str, Verb] = {
    name: _verb(name, part) for name, part in _STEP["properties"].items() if "x-verb" in part
}
"""All verbs by name."""

STEP_KEYS = tuple(one for one in arguments(_STEP) if one.name not in VERBS)
"""The keys that stand beside a verb."""

FILE_KEYS = arguments(SCHEMA)
"""The keys of a file."""


def verb_of(step: Mapping[str, Any]) -> str:
    """Return the verb of a step as a file has it."""
    return next(key for key in step if key in VERBS)


def harm_of(verb: str, given: Mapping[str, Any]) -> str:
    """Return how a verb with these arguments could damage a server that others use, or ''.

    A key that leaves the storage may open the database, and closing it drops the server's locks.
    """
    if VERBS[verb].harmful:
        return f"`{verb}` damages what others have stored, or stands in their way"
    key = given.get("key", "") if verb == "get_artifact" else ""
    if not isinstance(key, str):
        return ""
    way = posixpath.normpath(_REFERENCE.sub("x", key).replace("\\", "/"))
    leaves = way.startswith("/") or way.split("/")[0] == ".."
    return f"`{verb}` asks for a key that leaves the storage" if leaves else ""


_REFERENCE = re.compile(r"\$\{[^{}]*\}")
