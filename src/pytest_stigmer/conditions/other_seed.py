"""Other names and other texts."""

from __future__ import annotations

import random
import re
from typing import Any

from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.rewriting import rewritten_steps, texts_with_keys
from pytest_stigmer.factories.seeding import digest
from pytest_stigmer.scenario.model import Scenario

_BEFORE = ("\u00c9", "%", "_", "'", "A", "/")
"""What ids begin with, in any order; as it is the same for all, their order and prefixes stay."""
_MORE = (
    "*",
    "?",
    "[0-9]",
    "\\",
    '"',
    ";",
    " ",
    "\n",
    "7",
    "\u0130",
    "e\u0301",
    "\U0001f9ee",
)
"""Two of these stand among them."""
_BEHIND = ("\r\n", "\t", "\u2028", " ", "\U0001f9ee", "\ufeff", "e\u0301", "\r", "\0", "\u00a0")
"""What instructions end with, in any order, and then with empty lines."""
_IDS = frozenset({"id", "metadata.id", "resource_id", "prefix"})
_TEXTS = frozenset({"skill_md", "spec.skill_md"})
_LENGTHS = frozenset({"times", "size", "noise"})
_HASH = re.compile("[0-9a-f]{64}", re.IGNORECASE)


class OtherSeed(Condition):
    """Draws ids and instructions again, where the scenario does not rest on how they look."""

    name = "other-seed"
    why = "What things are called, and what they say, is their author's alone."
    is_harmless = True

    @classmethod
    def rewritten(cls, scenario: Scenario, seed: int) -> Scenario:
        """Give every id another beginning, and every text another end."""
        texts = list(texts_with_keys(scenario))
        verbs = {step.verb for step in scenario.all_steps()}
        # A size, a hash and the id of a file of an older release are compared literally.
        if verbs & {"rows", "open_legacy"} or any(_HASH.search(text) for _, text in texts):
            return scenario
        ids = sorted({text for key, text in texts if key in _IDS and _is_literal(text)}, key=len)
        written = _written(scenario)
        draw = random.Random(digest(seed, scenario.label))  # noqa: S311 - names, not secrets
        before = _mixed(draw, *_BEFORE, *draw.sample(_MORE, 2))
        behind = f"{_mixed(draw, *_BEHIND)}\n\n"

        def drawn(key: str, text: str) -> str:
            if key in _IDS and _is_literal(text):
                return before + text
            if key == "message":
                return _told(text, ids, before)
            return text + behind if key in _TEXTS and text in written else text

        return rewritten_steps(scenario, drawn)


def _mixed(draw: random.Random, *pieces: str) -> str:
    return "".join(draw.sample(pieces, len(pieces)))


def _told(message: str, ids: list[str], before: str) -> str:
    """Return the text of an error with the id that it names drawn again."""
    for one in reversed(ids):
        if message.endswith(one):
            return f"{message.removesuffix(one)}{before}{one}"
    return message


def _written(scenario: Scenario) -> set[str]:
    """Return the texts that are sent as they stand; none where a length may be the point."""
    found: set[str] = set()
    for step in scenario.all_steps():
        if _has_a_length(step.arguments):
            return set()
        given = {**step.arguments, **step.arguments.get("message", {})}
        found |= {given[key] for key in _TEXTS if isinstance(given.get(key), str)}
    return {text for text in found if _is_literal(text)}


def _has_a_length(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return not _LENGTHS.isdisjoint(value) or any(map(_has_a_length, value.values()))


def _is_literal(text: str) -> bool:
    return bool(text) and "${" not in text
