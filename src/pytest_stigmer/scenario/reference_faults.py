"""What is wrong with `${name.path}` in a file: a name that was not saved, a field that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_stigmer.scenario.document import Document, Fault, Place
from pytest_stigmer.scenario.saved_values import is_well_formed, references
from pytest_stigmer.scenario.verbs import SCHEMA, Shape
from pytest_stigmer.scenario.violations import NESTING, nearest

PATHS = frozenset({"database", "artifacts"})
"""The names of what a scenario may say of a target's files without having saved it."""

_BARE = re.compile(r"\$([a-z][a-z0-9_]*)(?:\.[A-Za-z0-9_]+)+")
_FIELDS = {
    "skill": tuple(SCHEMA["$defs"]["fields"]["properties"]),
    "artifact": ("artifact", "sha256", "size"),
}
"""The fields of an answer that is no list, by its shape."""

_OPEN = ("metadata.labels", "metadata.annotations", "metadata.tags")
"""The fields that hold what a user has named."""


def reference_faults(
    step: Mapping[str, Any], place: Place, document: Document, saved: Mapping[str, Shape | None]
) -> Iterator[Fault]:
    """Yield what is wrong with the references of a step; `saved` has the shape of each answer."""
    own = {key: value for key, value in step.items() if key not in NESTING}
    turns: dict[str, Shape | None] = {"n": None} if _is_repeated(place, document) else {}
    at_once = _at_once(place, document)
    known = {name: shape for name, shape in saved.items() if name not in at_once} | turns
    for inner, text in references(own):
        what = _fault(text, known)
        if what:
            yield Fault(document.line((*place, *inner)), f"`${{{text}}}`{what}")
    for inner, text in _texts(own):
        found = _BARE.fullmatch(text)
        if found and found[1] in known:
            what = f"`{text}` lacks its braces; write `${{{text[1:]}}}`"
            yield Fault(document.line((*place, *inner)), what)


def _fault(text: str, saved: Mapping[str, Shape | None]) -> str:
    """Say what is wrong with one reference; '' when nothing is."""
    name, _, path = text.partition(".")
    if not is_well_formed(text):
        return " is not a saved name and a path; write `${name.path}`"
    if name not in saved:
        known = sorted(saved.keys() - PATHS)
        hint = nearest(name, known) if known else "; no step before it has an `as:`"
        return f": nothing is saved as `{name}` before this step{hint}"
    fields = _FIELDS.get(saved[name] or "", ())
    if path and fields and not _can_exist(path, fields):
        return f": the answer has no `{path}`{nearest(path, fields)}"
    return ""


def _can_exist(path: str, fields: tuple[str, ...]) -> bool:
    within = any(field == path or field.startswith(f"{path}.") for field in fields)
    return within or path.startswith(tuple(f"{field}." for field in _OPEN))


def _texts(value: Any) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield (), value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from (((key, *place), text) for place, text in _texts(item))


def _at_once(place: Place, document: Document) -> set[str]:
    """Return what is saved by calls that are made at the same time as a step."""
    if place[-2] != "together":
        return set()
    value = document.value
    for part in place[:-1]:
        value = value[part]
    return {step["as"] for step in value if "as" in step}


def _is_repeated(place: Place, document: Document) -> bool:
    """Tell whether a step, or one that it stands in, is repeated."""
    value = document.value
    for part in place:
        value = value[part]
        if isinstance(value, dict) and "repeat" in value:
            return True
    return False
