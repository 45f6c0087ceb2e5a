"""Reports read back from plain data, and made one of what several processes or runs tell."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from pytest_stigmer.report.data import RunData, ScenarioData

_SCHEMA = "v2"
"""The cell in which nothing is changed."""

_ID = re.compile(r"\b[a-z]{3,4}-[0-9a-hjkmnp-tv-z]{26}\b")
"""An id of the real system: a prefix per kind and a ULID."""


@cache
def _hints(made: Any) -> dict[str, Any]:
    return get_type_hints(made)


def built(hint: Any, data: Any) -> Any:
    """Build a value of the model from the plain data of it; raise TypeError for other data."""
    origin, inner = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = _hints(hint)
        unknown = data.keys() - hints.keys()
        if unknown:
            raise TypeError(f"{hint.__name__} has no {', '.join(sorted(unknown))}")
        return hint(**{name: built(hints[name], value) for name, value in data.items()})
    if origin is UnionType:
        return None if data is None else built(inner[0], data)
    if origin is dict:
        return {name: built(inner[1], value) for name, value in data.items()}
    if origin is tuple:
        each = [inner[0]] * len(data) if inner[-1] is ... else inner
        return tuple(built(one, value) for one, value in zip(each, data, strict=True))
    return data


def joined(parts: tuple[ScenarioData, ...]) -> tuple[ScenarioData, ...]:
    """Make one of all that is told of one scenario file: alike, whoever tells what of it."""
    found: dict[str, list[ScenarioData]] = {}
    for part in sorted(parts, key=lambda part: part.path):
        found.setdefault(part.path, []).append(part)
    return tuple(_one(told) for told in found.values())


def _order(run: RunData) -> tuple[object, ...]:
    """Order runs alike whoever tells them, the reference and its own schema first."""
    return run.defect or "", run.target, run.case, run.cells != (_SCHEMA,), run.cells


def _one(told: list[ScenarioData]) -> ScenarioData:
    runs = merged(told[0].runs)
    if len(told) > 1:
        each = [
            dataclasses.replace(run, cells=(cell,))
            for part in told
            for run in part.runs
            for cell in run.cells
        ]
        each.sort(key=_order)
        runs = merged(tuple(each))
    return dataclasses.replace(told[0], runs=runs)


def merged(runs: tuple[RunData, ...]) -> tuple[RunData, ...]:
    """Make one of all runs that are green, or red in the same way; their cells are listed together.

    The first of them is told. Ids are drawn for each run: how often one is met counts, not which.
    """
    found: dict[str, RunData] = {}
    for run in runs:
        key = f"{run.defect} {likeness(run)}"
        known = found.get(key)
        cells = (known.cells if known else ()) + run.cells
        found[key] = dataclasses.replace(known or run, cells=tuple(dict.fromkeys(cells)))
    return tuple(found.values())


def likeness(run: RunData) -> str:
    """Return what is alike of two runs that are red in the same way, whatever made them so."""
    reds = [(step.line, step.differences) for step in run.steps if step.differences]
    happened = repr((run.status, run.target, run.case, run.reason, reds))
    numbers = {one: str(n) for n, one in enumerate(dict.fromkeys(_ID.findall(happened)))}
    return _ID.sub(lambda met: numbers[met[0]], happened)
