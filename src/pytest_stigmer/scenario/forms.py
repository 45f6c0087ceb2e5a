"""The forms that the schema defines once: what is sent, and what an answer must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.api_words import (
    BAD_ARTIFACTS,
    FIELDS,
    GOOD_ARTIFACTS,
    NO_HASH,
    WORDS_OF,
)
from pytest_stigmer.scenario.vocabulary import (
    KIND,
    MAX_BYTES,
    MESSAGE,
    TEXT,
    Argument,
    choice,
    closed,
    defined,
    whole_number,
)

if TYPE_CHECKING:
    from pytest_stigmer.scenario.vocabulary import Form

CODES = (
    *("CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND"),
    *("ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION"),
    *("ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"),
    "UNAUTHENTICATED",
)
NEVER: Form = {"not": {}}

_PLAIN = ["string", "integer", "boolean", "null"]
_ONE_KEY = {"minProperties": 1, "maxProperties": 1}
_VALUE = defined("expected_value")
_EXPECTED_FIELD = "Those named must be there; others may be."


def told(text: str, form: Form, *examples: Any) -> Form:
    """Return a form with its description and its examples."""
    return {"description": text, **form, "examples": list(examples)}


def listed(form: Form, **more: Any) -> Form:
    """Return the form of a list."""
    return {"type": "array", "items": form, **more}


def _stored(path: str) -> Form:
    words, example = FIELDS[path]
    if path in WORDS_OF:
        return told(words, choice(*WORDS_OF[path]), example)
    if isinstance(example, dict):
        return told(words, {"type": "object", "additionalProperties": TEXT}, example)
    return told(words, listed(TEXT) if isinstance(example, list) else TEXT, example)


def _expected_field(path: str) -> Form:
    words, example = FIELDS[path]
    if isinstance(example, dict):
        return told(f"{words} {_EXPECTED_FIELD}", defined("expected_map"), example)
    return told(words, _VALUE, example)


def _answer(form: Form) -> Form:
    """Let an expected answer also be an earlier one, or one of several, failures among them."""
    refused = {"type": "object", "required": ["fails"]}
    either = {"if": refused, "then": closed({"fails": defined("failure")}), "else": form}
    several = closed(
        {"one_of": told("Answers of which each is right.", listed(either), [{"fails": "ABORTED"}])}
    )
    return {
        "if": {"type": "string"},
        "then": defined("reference"),
        "else": {
            "if": {"type": "object", "required": ["one_of"]},
            "then": several,
            "else": form,
        },
    }


_SIZE = told("How many bytes.", whole_number(minimum=0, maximum=MAX_BYTES), 4096)
_CODED = told("The bytes in base64; '' for none.", TEXT, "UEsFBg==")
_CONTENT_KEYS = {
    "size": _SIZE,
    "base64": _CODED,
    "noise": told("How many bytes that no packer makes shorter.", _SIZE, 4096),
}
_GENERATED_KEYS = {
    "text": told("What is repeated.", {"type": "string"}, "a"),
    "times": told("How often.", whole_number(minimum=0, maximum=MAX_BYTES), 255),
}
_ROW = closed(
    (
        KIND,
        Argument(
            "id",
            TEXT,
            "The row's id; `skill_audit/ID/NANOSECONDS` is an archived version.",
            ("skill_audit/skl-1/1769335200000000001",),
            required=True,
        ),
        Argument("message", MESSAGE, "The Skill to store.", ({"spec.skill_md": "# one"},)),
        Argument("base64", TEXT, "The bytes of the row instead of a message.", ("//8=",)),
        Argument(
            "updated_at",
            TEXT,
            "The text of the column; left out: the clock's second.",
            ("2026-01-25 10:00:00",),
        ),
    ),
    dependentSchemas={"message": {"properties": {"base64": NEVER}}},
    anyOf=[{"required": ["message"]}, {"required": ["base64"]}],
)

VALUES = {
    "reference": told(
        "A text that is one reference whole.",
        {"type": "string", "pattern": r"^\$\{[^{}]+\}$"},
        "${one}",
    ),
    "text": told(
        "A text, or `{text: TEXT, times: N}` for a long one.",
        {"if": {"type": "object"}, "then": defined("generated_text"), "else": {"type": "string"}},
        "stable",
        {"text": "a", "times": 255},
    ),
    "generated_text": told(
        "A text, many times.",
        closed(_GENERATED_KEYS, required=["text", "times"]),
        {"text": "a", "times": 255},
    ),
    "content": told(
        "The content of a file: a text, `{text: TEXT, times: N}`, `{size: BYTES}` for that many "
        "bytes of text (equal sizes, equal bytes), `{noise: BYTES}` for bytes that no packer makes "
        "shorter, or `{base64: TEXT}`.",
        {
            "if": {"type": "object", "not": {"required": ["text"]}},
            "then": closed(_CONTENT_KEYS, **_ONE_KEY),
            "else": TEXT,
        },
        "print('hello')",
        {"size": 4096},
    ),
    "artifact": told(
        "An archive: one that is bad, one that is unusual but good, or any bytes.",
        closed(
            {
                "bad": told("A kind of bad archive.", choice(*BAD_ARTIFACTS), "bomb"),
                "good": told("A kind of good archive.", choice(*GOOD_ARTIFACTS), "folders"),
                "base64": _CODED,
                "noise": _CONTENT_KEYS["noise"],
            },
            **_ONE_KEY,
        ),
        {"bad": "bomb"},
    ),
    "message": told(
        "The Skill to store, field by dotted path; fields left out are not set.",
        closed({path: _stored(path) for path in FIELDS}),
        {"spec.skill_md": "# one", "metadata.name": "Calculator"},
    ),
    "legacy_row": told(
        "One row of `resources`.",
        _ROW,
        {"id": "skill_audit/skl-1/1769335200000000001", "message": {"spec.tag": "v1"}},
    ),
}
"""The forms of what is sent, by name."""

FAILURE = {
    "code": told("The gRPC status.", choice(*CODES), "INVALID_ARGUMENT"),
    "message": told("A text that the message must contain.", TEXT, "SKILL.md not found"),
    "without": told("A text that the message must not contain.", TEXT, "${artifacts}"),
}
_MATCHERS = {
    "matches": told(
        "A regular expression that must be found in the text.",
        {"type": "string"},
        "^skl-[0-9a-z]{26}$",
    ),
    "not": told("A value that the answer must not be.", {"type": _PLAIN}, "${one.metadata.id}"),
    "one_of": told("Values of which the answer must be one.", listed(_VALUE), ["one", "two"]),
}
_COUNT = {"count": told("How many Skills are listed.", whole_number(minimum=0), 250)}
_ARTIFACT = {
    "artifact": told("The bytes in base64.", _VALUE, "${one.artifact}"),
    "sha256": told("SHA-256 of the bytes, lower-case hex.", _VALUE, NO_HASH),
    "size": told("The number of bytes.", _VALUE, 5242880),
}
_FILE = {
    "mode": told("The permissions, in octal.", _VALUE, "0600"),
    "size": told("The number of bytes.", _VALUE, 4096),
}

EXPECTED = {
    "expected_value": told(
        "A value that the field must have, a map for labels and annotations, `{text: TEXT, times: "
        "N}`, or a matcher `{matches: REGEX}`, `{not: VALUE}` or `{one_of: [VALUE, ...]}`.",
        {
            "type": [*_PLAIN, "array", "object"],
            "if": {"type": "object"},
            "then": {
                "if": {"required": ["text"]},
                "then": defined("generated_text"),
                "else": defined("matcher"),
            },
        },
        "stable",
        {"not": "stable"},
    ),
    "expected_map": told(
        "Labels or annotations that must be there or, with null, must not; others may be.",
        {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        {"team": "core"},
        {"team": None},
    ),
    "matcher": told(
        "Something other than an equal value.", closed(_MATCHERS, **_ONE_KEY), {"matches": "^skl-"}
    ),
    "failure": told(
        "The gRPC status, or the status with a text that its message must or must not contain.",
        {
            "if": {"type": "object"},
            "then": closed(FAILURE, required=["code"]),
            "else": choice(*CODES),
        },
        "NOT_FOUND",
        {"code": "INVALID_ARGUMENT", "message": "SKILL.md not found"},
    ),
    "fields": told(
        "Fields of a Skill by dotted path.",
        closed(
            {path: _expected_field(path) for path in FIELDS}
            | {
                path: told(f"The whole {path}: null when there is none.", _VALUE, None)
                for path in ("metadata", "spec", "status")
            }
        ),
        {"spec.tag": "stable"},
    ),
    "expected_skill": told(
        "What a Skill in an answer must have, field by dotted path; other fields may hold "
        "anything.",
        _answer(defined("fields")),
        {"spec.tag": "stable", "metadata.id": {"matches": "^skl-"}},
        "${one}",
    ),
    "expected_skills": told(
        "The whole listing, element by element; `[]` is an empty one and `{}` any Skill. "
        "`{count: N}` looks at nothing but its length.",
        _answer(
            {
                "if": {"type": "object"},
                "then": closed(_COUNT, required=["count"]),
                "else": listed(defined("expected_skill")),
            }
        ),
        [{"spec.tag": "beta"}, {"spec.tag": "stable"}],
        {"count": 250},
    ),
    "expected_count": told("The number of deleted rows.", _answer({"type": "integer"}), 3),
    "expected_artifact": told(
        "What the artifact must be.",
        _answer(closed(_ARTIFACT)),
        {"sha256": "${one.status.version_hash}"},
    ),
    "expected_keys": told(
        "The storage keys of all artifacts, sorted.",
        _answer(listed(told("A storage key.", TEXT, f"skills/{NO_HASH}.zip"))),
        ["${one.status.artifact_storage_key}"],
    ),
    "expected_file": told(
        "What is known of a file without its content.", _answer(closed(_FILE)), {"mode": "0600"}
    ),
    "expected_rows": told(
        "The stored rows, element by element: values by column, `data` in base64, and `size`, the "
        "length of `data`.",
        _answer(listed({"type": "object", "additionalProperties": _VALUE})),
        [{"id": 1, "version_hash": None, "size": 12}],
    ),
}
"""The forms of answers, by name; `expected_SHAPE` is that of a verb's answer."""
