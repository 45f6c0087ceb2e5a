"""What the table of verbs is written in: forms of values as JSON schema, arguments, verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pytest_stigmer.scenario.api_words import KINDS, NO_HASH, SCOPES, STORED_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 20 * 1024 * 1024
"""How long a generated text or content may be."""

MAX_REPEATS = 100_000
"""How often one step may be repeated."""

NOT_GIVEN: Any = object()
"""The default of an argument that has none."""

Capability = Literal[
    "skills", "store", "transactions", "second", "clock", "faults", "files", "reopen"
]
Shape = Literal["skill", "skills", "artifact", "count", "keys", "file", "rows", "nothing"]
Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a verb: its form as JSON schema, and what a reader must know of it.

    `default` is what the loader fills in when the argument is left out. `shared` is the name under
    which the schema defines an argument that several verbs take.
    """

    name: str
    form: Form
    text: str
    examples: tuple[Any, ...]
    required: bool = False
    default: Any = NOT_GIVEN
    shared: str = ""

    def schema(self) -> Form:
        """Return the part of the schema that describes this argument."""
        default = {} if self.default is NOT_GIVEN else {"default": self.default}
        return {
            "description": self.text,
            **self.form,
            **default,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the language.

    `needs` is the capability a target must have (None: what its steps need), `shape` the form of
    the answer. A verb written as a bare value (`advance: 300ms`) names in `bare` the argument that
    the value becomes. What is `harmful` could damage a server that others use.
    """

    name: str
    needs: Capability | None
    shape: Shape
    text: str
    arguments: tuple[Argument, ...]
    example: Any
    bare: str | None = None
    harmful: bool = False

    @property
    def defaults(self) -> dict[str, Any]:
        """What the loader fills in for arguments that are left out."""
        return {one.name: one.default for one in self.arguments if one.default is not NOT_GIVEN}


def closed(arguments: Mapping[str, Form] | tuple[Argument, ...], **more: Any) -> Form:
    """Return the form of a map with these keys and no others."""
    if isinstance(arguments, tuple):
        required = [one.name for one in arguments if one.required]
        more = ({"required": required} if required else {}) | more
        arguments = {one.name: _referred(one) for one in arguments}
    return {"type": "object", "properties": dict(arguments), "additionalProperties": False, **more}


def _referred(argument: Argument) -> Form:
    return defined(argument.shared) if argument.shared else argument.schema()


def defined(name: str) -> Form:
    """Return the form that the schema defines under a name."""
    return {"$ref": f"#/$defs/{name}"}


def or_reference(form: Form) -> Form:
    """Let a value of a form also be one reference whole, which takes the saved value's type."""
    return {"if": defined("reference"), "else": form}


def named_or_number(names: tuple[str, ...]) -> Form:
    """Return the form of an enum's value: its name, or any number."""
    return or_reference(
        {"type": ["string", "integer"], "if": {"type": "string"}, "then": {"enum": list(names)}}
    )


def choice(*words: str | int) -> Form:
    """Return the form of a choice of words."""
    return or_reference({"enum": list(words)})


def whole_number(**limits: int) -> Form:
    """Return the form of a whole number."""
    return or_reference({"type": "integer", **limits})


TEXT = defined("text")
CONTENT = defined("content")
MESSAGE = defined("message")


def _column(name: str, example: Any) -> Argument:
    value = {"type": ["string", "integer", "null"]}
    return Argument(name, value, f"Only rows with this `{name}`.", (example,))


def _argument(name: str, form: Form, text: str, *examples: Any, shared: str = "") -> Argument:
    """Return an argument that must be given."""
    return Argument(name, form, text, examples, required=True, shared=shared)


def _option(
    name: str,
    form: Form,
    text: str,
    *examples: Any,
    default: Any = NOT_GIVEN,
    shared: str = "",
) -> Argument:
    """Return an argument that may be left out."""
    return Argument(name, form, text, examples, default=default, shared=shared)


NAME = _argument("name", TEXT, "The skill's name.", "Calculator")
ORG = _option("org", TEXT, "The organisation; left out: ''.", "acme", shared="org")
SCOPE = _option(
    "scope",
    named_or_number(SCOPES),
    "The owner scope: the enum's name or a number; left out: unspecified.",
    "organization",
    7,
    shared="scope",
)
TAG = _option("tag", TEXT, "The version tag; left out: ''.", "stable", shared="tag")
SKILL_MD = _option(
    "skill_md", CONTENT, "The text of SKILL.md; left out: drawn.", "# one", {"size": 4096}
)
FILES = _option(
    "files",
    {"type": "object", "additionalProperties": CONTENT},
    "More files of the ZIP: content by path.",
    {"tools/add.py": "print(1 + 1)"},
)
ARTIFACT = _option(
    "artifact",
    defined("artifact"),
    "The artifact instead of a built one.",
    {"bad": "not_a_zip"},
)
SKILL_ID = _argument("id", TEXT, "The skill's id.", "${one.metadata.id}", shared="skill_id")
SLUG = _argument("slug", TEXT, "The skill's slug, exactly.", "calculator")
KIND_REFERRED = _option(
    "kind",
    named_or_number(KINDS),
    "The kind that is referred to; left out: unknown, which means a skill.",
    "skill",
    43,
)
VERSION = _option(
    "version", TEXT, "'' or `latest`, a tag, or a version hash; left out: ''.", "stable"
)
KEY = _argument("key", TEXT, "The storage key.", STORED_KEY, shared="key")

KIND = _option(
    "kind",
    {"type": ["string", "integer"]},
    "The kind of resource: the enum's name, its number, or any other text or number.",
    "skill",
    999,
    default="skill",
    shared="kind",
)
ID = _argument(
    "id",
    TEXT,
    "The id under which the live record is stored; any text, '' included.",
    "skl-1",
    shared="id",
)
PREFIX = _argument("prefix", TEXT, "The start of the ids, taken literally.", "tmp-")
RESOURCE_ID = _argument(
    "resource_id",
    TEXT,
    "The id of the resource that the audit records belong to; it need not exist.",
    "skl-1",
    shared="resource_id",
)
STORED = _argument(
    "message",
    MESSAGE,
    "The Skill to store, field by dotted path.",
    {"spec.skill_md": "# one"},
    shared="stored",
)
HASH = _option("version_hash", TEXT, "The version hash; left out: ''.", NO_HASH)
BY_HASH = _argument("version_hash", TEXT, "The version hash; '' is a value.", NO_HASH)
BY_TAG = _argument("tag", TEXT, "The tag; '' is a value.", "stable")

DURATION = _argument("duration", TEXT, "How far.", "300ms", "-1h")
INSTANT = _argument("instant", TEXT, "When.", "2026-01-25T10:00:00.100Z")

TABLE = _argument(
    "table", choice("resources", "resource_audit"), "The table.", "resource_audit", shared="table"
)
STATEMENT = _argument(
    "statement",
    whole_number(minimum=0),
    "After which writing statement, counted from 1; 0: before the first.",
    1,
)
ON = _option(
    "on",
    choice("insert", "update", "delete"),
    "Which writes; left out: insert.",
    "delete",
    default="insert",
)
ROW = _option(
    "row",
    whole_number(minimum=1),
    "Which of the resource's audit rows, counted from 1 in insertion order; left out: the first.",
    1,
    default=1,
    shared="row",
)
ARCHIVED_AT = _argument(
    "archived_at", TEXT, "The text of the column, as it is.", "2026-01-25 09:00:00"
)
SCHEMA_VERSION = _argument("version", whole_number(), "The version.", 3)
LEGACY_SCHEMA = _option(
    "schema",
    choice(0, 1),
    "1, or 0 for a file from before the version table; left out: 1.",
    0,
    default=1,
)
LEGACY_ROWS = _argument(
    "rows",
    {"type": "array", "items": defined("legacy_row")},
    "The rows.",
    [{"id": "skl-1", "message": {"spec.tag": "v1"}}],
)
WRITTEN = _argument("content", CONTENT, "The file's content.", "junk", {"size": 4096})

STEPS = _argument(
    "steps",
    {"type": "array", "items": defined("step"), "minItems": 1},
    "The steps.",
    [{"save_resource": {"id": "skl-1", "message": {"spec.tag": "v1"}}}],
)
ZONE = _argument("zone", TEXT, "The zone's name.", "Asia/Kolkata")
STORED_TABLE = _argument(
    "table", choice("resources", "resource_audit", "schema_version"), "The table.", "resources"
)
COLUMNS = (
    _column("kind", "skill"),
    _column("id", "skl-1"),
    _column("resource_id", "skl-1"),
    _column("version_hash", NO_HASH),
    _column("tag", "stable"),
)
