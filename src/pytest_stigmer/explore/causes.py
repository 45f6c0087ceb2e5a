"""What kind of wrong answer one is, so that a search tells each kind once and goes on."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_stigmer.scenario.compare import Difference
from pytest_stigmer.scenario.target import Answer

_PLACE = re.compile(r"^\d+(\.|$)")
_FREE = re.compile(r"^(metadata\.(?:labels|annotations))\..*")
_HALF = re.compile(r"(?<=^status\.audit\.)(?:spec|status)_audit\.")
_HASH = re.compile("[0-9a-f]{64}")
_WORD = re.compile("[a-zA-Z_'-]+[:,;.]?")
_WORDS = 12
HARM = "something is harmed that no step asks about"
"""What follows the verb where a condition saw the harm, whatever the answer was."""


@dataclass
class Seen:
    """What a search goes past, and what it met: of the `known` causes, and of disputed points."""

    known: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    disputed: set[str] = field(default_factory=set)


def cause_of(
    verb: str,
    sent: Mapping[str, Any],
    wanted: Answer,
    got: Answer,
    found: Difference,
    ids: Container[str],
) -> str:
    """Return the cause that a difference is of: equal texts are one cause.

    It says what was asked (the verb, and of a reference by what), where the answer is wrong (the
    field, whichever element of a list, key of a map or half of the audit it is in), and what was
    expected and came: a status with the words of the rule that was broken, or for a field whether
    it is missing, should be empty, is another skill's id, or is another value. `ids` are those of
    earlier pushes.
    """
    asked = f"{verb}{_by(verb, sent)}"
    if wanted.failure is None and got.failure is None:
        where = _HALF.sub("", _FREE.sub(r"\1", _PLACE.sub("", found.where)))
        return f"{asked}{where and f' {where}'}: {_shape(found, ids)}"
    came = got.failure.code if got.failure else "succeeds"
    if wanted.failure is None:
        return f"{asked}: {came}, should succeed"
    rule = " ".join(_rule(wanted.failure.message, sent))
    return f"{asked}: {came}, should be {wanted.failure.code}{rule and f' ({rule})'}"


def _by(verb: str, sent: Mapping[str, Any]) -> str:
    """Say by what a reference names a version: lookups of tags and of hashes are two things."""
    version = str(sent.get("version", ""))
    if verb != "get_by_reference" or version in ("", "latest"):
        return ""
    return " by hash" if _HASH.fullmatch(version) else " by tag"


def _shape(found: Difference, ids: Container[str]) -> str:
    if isinstance(found.expected, int) and isinstance(found.got, int):
        return "too many" if found.got > found.expected else "too few"
    if found.got in (None, "", [], {}):
        return "is missing"
    if found.expected in (None, "", [], {}):
        return "should be empty"
    is_given = found.where.endswith("metadata.id") and found.got in ids
    return "is that of another skill" if is_given else "is another value"


def _rule(message: str, sent: Mapping[str, Any]) -> Iterator[str]:
    """Yield the first words of a refusal of ours, without what the caller sent and without names.

    A name of a file, an id or a number is no word.
    """
    given = {str(value) for value in sent.values() if isinstance(value, str)}
    words = [word for word in message.split() if _WORD.fullmatch(word)]
    for word in words[:_WORDS]:
        bare = word.rstrip(":,;.")
        if bare not in given:
            yield bare
