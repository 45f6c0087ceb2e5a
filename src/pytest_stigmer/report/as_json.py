"""Reports and statements as JSON, and their JSON schemas, which follow from the models' types.

`python -m pytest_stigmer.report.as_json` writes `schema.json` and `statement_schema.json` again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pytest_stigmer.errors import visible_json
from pytest_stigmer.report.data import Document
from pytest_stigmer.report.statement import Statement

SCHEMA_FILE = Path(__file__).with_name("schema.json")
STATEMENT_SCHEMA_FILE = Path(__file__).with_name("statement_schema.json")

_TITLES = {
    Document: "Report of a run of pytest with pytest-stigmer",
    Statement: "Conformance statement of pytest-stigmer",
}
_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def render(document: Document) -> str:
    """Return the whole document, in ASCII, ending in a line break; no line is a CI's command."""
    return whole(document)


def whole(made: Document | Statement) -> str:
    """Return a document, or a statement, as `render` does."""
    parts = (f"{visible_json(key)}: {_written(value)}" for key, value in asdict(made).items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _written(value: Any) -> str:
    """Write a list with a line per element, as it can be compared and searched, else one line."""
    if not isinstance(value, tuple | list) or not value:
        return visible_json(value)
    return "[\n" + ",\n".join(f" {visible_json(one)}" for one in value) + "\n]"


def schema_text(made: type[Document | Statement] = Document) -> str:
    """Return the JSON schema of what `render` makes of this type, as its file holds it."""
    defs: dict[str, Any] = {}
    _schema(made, defs)
    document = defs.pop(made.__name__)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": _TITLES[made]}
    return json.dumps({**head, **document, "$defs": defs}, indent=1) + "\n"


def _schema(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; that of a dataclass is put into `defs` and named."""
    if get_origin(hint) is Annotated:
        plain, *more = get_args(hint)
        made = _schema(plain, defs)
        for words in more:
            made |= words if isinstance(words, dict) else {"description": words}
        return made
    if is_dataclass(hint):
        return _reference(hint, defs)
    if isinstance(hint, type) and hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    return {} if hint is Any else _of_many(get_origin(hint), get_args(hint), defs)


def _of_many(origin: Any, inner: tuple[Any, ...], defs: dict[str, Any]) -> dict[str, Any]:
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inner[1], defs)}
    if origin is tuple and inner[-1] is ...:
        return {"type": "array", "items": _schema(inner[0], defs)}
    items = [_schema(one, defs) for one in inner]
    if origin is tuple:
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    return {"anyOf": items}


def _reference(made: Any, defs: dict[str, Any]) -> dict[str, Any]:
    name = made.__name__
    if name not in defs:
        hints = get_type_hints(made, include_extras=True)
        names = [field.name for field in fields(made)]
        defs[name] = {
            "type": "object",
            "description": made.__doc__,
            "properties": {name: _schema(hints[name], defs) for name in names},
            "required": sorted(names),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    STATEMENT_SCHEMA_FILE.write_text(schema_text(Statement), encoding="utf-8")
