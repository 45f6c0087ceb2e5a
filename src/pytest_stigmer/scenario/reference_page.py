"""The page on which every verb and every key of a scenario file is looked up; made, not written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pytest_stigmer.scenario.shipped import scenario_folder
from pytest_stigmer.scenario.verbs import FILE_KEYS, STEP_KEYS, VERBS, Argument, Verb

_HEAD = (
    "Made by `stigmer-harness schema --write` from the table that the loader, the JSON schema and "
    "the dispatch come from. Arguments in **bold** must be given."
)
_ANSWERS = {
    "skill": "a Skill",
    "skills": "a list of Skills",
    "artifact": "`artifact` (base64), `sha256`, `size`",
    "count": "a number",
    "keys": "a list of keys",
    "file": "`mode`, `size`",
    "rows": "a list of rows",
    "nothing": "",
}


def page_path() -> Path:
    """Return where the page lies, beside the shipped scenarios."""
    return scenario_folder() / "VERBS.md"


def reference_page() -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("# Verbs and keys", "", _HEAD, "")
    yield "## Verbs of a step, by what a target must offer for them"
    for capability in dict.fromkeys(verb.needs for verb in VERBS.values()):
        yield from ("", f"### {capability or 'what its steps need'}", "")
        yield from ("| verb | what it does | arguments | answer |", "|---|---|---|---|")
        yield from (_verb(verb) for verb in VERBS.values() if verb.needs == capability)
    yield from ("", "## Keys beside the verb", "", *_keys(STEP_KEYS))
    yield from ("", "## Keys of a file", "", *_keys(FILE_KEYS))


def _verb(verb: Verb) -> str:
    names = [f"**{one.name}**" if one.required else one.name for one in verb.arguments]
    taken = _code(verb.part["examples"][0]) if verb.bare else ", ".join(names)
    return _row(f"`{verb.name}`", verb.text, taken, _ANSWERS[verb.shape])


def _keys(keys: Iterable[Argument]) -> Iterator[str]:
    yield from ("| key | what it says | example |", "|---|---|---|")
    yield from (_row(f"`{key.name}`", key.text, _code(key.examples[0])) for key in keys)


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
