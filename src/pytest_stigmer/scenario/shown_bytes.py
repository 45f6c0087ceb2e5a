"""Bytes of an answer told by length, type and hash: a report must not carry a server's files."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

from pytest_stigmer.scenario.compare import Difference
from pytest_stigmer.scenario.runner import Outcome, Performed
from pytest_stigmer.scenario.target import Rpc
from pytest_stigmer.scenario.verbs import VERBS

_FIELDS = {"artifact": "artifact", "rows": "data"}
"""Which field of an answer of a shape holds bytes, as base64."""

_ZIP = b"PK"


def without_bytes(outcome: Outcome) -> Outcome:
    """Return an outcome whose answers tell of their bytes what they are, and not the bytes."""
    return replace(outcome, performed=tuple(map(_told, outcome.performed)))


def told_bytes(text: str) -> str:
    """Return length, type and hash of bytes in base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    return f"{len(data)} bytes, {_type_of(data)}, SHA-256 {digest}"


def _type_of(data: bytes) -> str:
    if data.startswith(_ZIP):
        return "a ZIP archive"
    try:
        return "text" if data.decode().isprintable() or data.isascii() else "binary"
    except UnicodeDecodeError:
        return "binary"


def _told(performed: Performed) -> Performed:
    field = _FIELDS.get(VERBS[performed.step.verb].shape)
    if field is None:
        return performed
    answer = replace(performed.answer, value=_masked(performed.answer.value, field))
    red, disputed = (
        tuple(masked(performed.step.verb, found) for found in differences)
        for differences in (performed.differences, performed.disputed)
    )
    if rpc := performed.answer.rpc:
        answer = replace(answer, rpc=lambda: _masked_rpc(rpc()))
    return replace(performed, answer=answer, differences=red, disputed=disputed)


def masked(verb: str, found: Difference) -> Difference:
    """Return a difference in an answer of a verb that tells of bytes what they are."""
    field = _FIELDS.get(VERBS[verb].shape)
    return replace(found, got=_masked_got(found.where, found.got, field)) if field else found


def _masked_rpc(rpc: Rpc) -> Rpc:
    return replace(rpc, answer=_masked(rpc.answer, "artifact"))


def _masked(value: Any, field: str) -> Any:
    if isinstance(value, list):
        return [_masked(item, field) for item in value]
    if isinstance(value, dict) and isinstance(value.get(field), str):
        return {**value, field: told_bytes(value[field])}
    return value


def _masked_got(where: str, got: Any, field: str) -> Any:
    if isinstance(got, str) and where.rpartition(".")[2] == field:
        return told_bytes(got)
    return _masked(got, field)
