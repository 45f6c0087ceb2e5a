"""How a wrong answer is told: what differs alone, with ids that any registry can have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_stigmer.scenario.compare import Difference
from pytest_stigmer.scenario.shown_bytes import masked

_LONGEST = 120
_MAPS = ("metadata.labels", "metadata.annotations")
_ELEMENT = re.compile(r"\d+\.")

Ids = Mapping[str, str]
"""The name of the push that was given an id."""


def told(returns: Any, differences: list[Difference], ids: Ids) -> Any:
    """Return of the model's answer what differs; of a list, what tells its elements apart."""
    if isinstance(returns, list):
        paths = {_ELEMENT.sub("", found.where, count=1) for found in differences}
        paths = {path for path in paths if path and not path.isdigit()} | {"spec.skill_md"}
        return [_portable(_part(item, sorted(paths)), ids) for item in returns]
    if isinstance(returns, dict):
        maps = {where for found in differences if (where := _map_of(found.where))}
        said = {where: _at(returns, where) | _absent(where, differences) for where in sorted(maps)}
        plain = [found for found in differences if not _map_of(found.where)]
        for found in plain:
            said |= dict(_leaves(found.where, _named(found, ids)))
        # A list that is too short is told whole, not by its length.
        lists = {where: _at(returns, where) for where in said}
        said |= {where: item for where, item in lists.items() if isinstance(item, list)}
        return _portable(said, ids)
    return returns


def _portable(said: Any, ids: Ids) -> Any:
    """Say ids, which are others on every registry, by the push that was given them."""
    if not isinstance(said, dict):
        return said
    return {path: _id_told(path, item, ids) for path, item in said.items()}


def _id_told(path: str, item: Any, ids: Ids) -> Any:
    if not path.endswith("metadata.id") or not isinstance(item, str):
        return item
    return f"${{{ids[item]}.metadata.id}}" if item in ids else {"matches": "."}


def _named(found: Difference, ids: Ids) -> Any:
    """Say that an id must be none of an earlier push, where it is one and should not be."""
    is_given = found.where.endswith("metadata.id") and found.got in ids
    if is_given and found.expected not in ids:
        return {"not": f"${{{ids[found.got]}.metadata.id}}"}
    return found.expected


def surplus(returns: Any, got: Any) -> Iterator[Difference]:
    """Find labels and annotations that should not be there; a scenario's comparison allows them."""
    for where in _MAPS:
        wanted = _at(returns, where) or {}
        for key, value in (_at(got, where) or {}).items():
            if isinstance(returns, dict) and key not in wanted:
                yield Difference(f"{where}.{key}", None, value, "should not be there")


def _part(value: Any, paths: list[str]) -> Any:
    if not isinstance(value, dict):
        return value
    parts = [leaf for path in paths for leaf in _leaves(path, _at(value, path))]
    return {path: item for path, item in parts if item is not None}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a field, or the fields that are set in a message: a scenario names no messages."""
    if not isinstance(value, dict) or path in _MAPS or value.keys() == {"not"}:
        yield path, value
        return
    for key, item in value.items():
        if item not in ("", [], None):
            yield from _leaves(f"{path}.{key}", item)


def _map_of(path: str) -> str:
    """Return the path of the map of free keys that a path leads into, or ''."""
    return next((name for name in _MAPS if path.startswith(f"{name}.")), "")


def _absent(where: str, differences: list[Difference]) -> dict[str, None]:
    """Return the keys of a map that should not be there."""
    prefix = f"{where}."
    surplus = [one for one in differences if one.expected is None and one.where.startswith(prefix)]
    return dict.fromkeys(one.where.removeprefix(prefix) for one in surplus)


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[part] if isinstance(value, dict) and part in value else None
    return value


def why(verb: str, found: Difference) -> str:
    """Say in one sentence what a verb must answer and what it answers."""
    found = masked(verb, found)
    where = f" {found.where}" if found.where else ""
    return f"{verb}{where} must be {_short(found.expected)}, but is {_short(found.got)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
