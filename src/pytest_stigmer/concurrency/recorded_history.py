"""What several callers did to one registry, as JSON lines; `checker` judges such a history.

A line is one operation: a key, worker, verb (`push`, `read`, `delete`), arguments, start and end in
seconds that pass for all processes of a machine, result. An operation is written when it begins and
again, under the same key, when it ends, so that one whose process died is known to have begun.
`subject` names a skill: organisation, slash, slug.
"""

from __future__ import annotations

import errno
import json
import math
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from os import PathLike
from threading import current_thread
from typing import Any, Self

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import UsageError

PUSH, READ, DELETE = "push", "read", "delete"
_NEEDED = {PUSH: {"subject", "version"}, READ: {"subject"}, DELETE: {"subject"}}
"""The arguments that each verb must have."""
_ARGUMENTS = ("subject", "tag", "version")
_TYPES: dict[str, tuple[type, ...]] = {
    "key": (str,),
    "worker": (str,),
    "verb": (str,),
    "arguments": (dict,),
    "start": (int, float),
    "end": (int, float, type(None)),
    "result": (dict, type(None)),
}

NO_ANSWER = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED"})
"""Statuses of a call that was not answered, or whose answer was too large to be received."""

REFUSED = frozenset({"INVALID_ARGUMENT", "PERMISSION_DENIED", "UNAUTHENTICATED", "UNIMPLEMENTED"})
"""Statuses that judge the call or its caller, of which a history tells too little."""

UNDECIDED = NO_ANSWER | {"UNKNOWN", "INTERNAL", "ABORTED"}
"""Statuses after which a write may have happened all the same."""

_STATUSES = (
    UNDECIDED
    | REFUSED
    | {
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "DATA_LOSS",
    }
)
"""The names of gRPC's statuses of failure."""


@dataclass(frozen=True)
class Operation:
    """One call: `arguments` are `subject` and, of a push, `tag` and `version` (its hash).

    A read has `tag` or `version`, or neither for the newest, as which '' and the tag `latest` are
    taken too. `end` and `result` are None while it
    lasts, for ever when its process died. `result` is `{"failed": STATUS}`, or of a push `{"id":
    ...}`, of a read `{"version": ...}`, of a delete `{}`.
    """

    key: str
    worker: str
    verb: str
    arguments: dict[str, str]
    start: float
    end: float | None = None
    result: dict[str, str] | None = None

    @property
    def failed(self) -> str:
        """The gRPC status name of a failure, '' for none or an operation that never ended."""
        return (self.result or {}).get("failed", "")

    @property
    def is_acknowledged(self) -> bool:
        """Whether the caller was told that it happened."""
        return self.result is not None and not self.failed

    @property
    def may_have_happened(self) -> bool:
        """Whether nothing shows that it did not happen."""
        return not self.failed or self.failed in UNDECIDED

    @property
    def latest_end(self) -> float:
        """When it had happened if it happened at all; without an answer, any time later."""
        return self.end if self.end is not None and self.is_acknowledged else float("inf")


class Recorder:
    """Appends operations to a file that several threads and processes share; a context manager.

    A worker without a name is called by its process and its thread.

    A file holds the histories of one registry: begin another for another.
    """

    def __init__(self, path: str | PathLike[str], worker: str = "") -> None:
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115, PTH123 - `close` closes it
        self._worker = worker

    @contextmanager
    def operation(self, verb: str, **arguments: str) -> Iterator[dict[str, str]]:
        """Record a call; the block fills the result that it is given.

        When the block raises, the result is what it has filled in so far, else unknown.
        """
        # Asked for each call: threads share a recorder, and so do forked processes.
        worker = self._worker or f"process {os.getpid()}, {current_thread().name}"
        operation = Operation(uuid.uuid4().hex, worker, verb, arguments, stopwatch())
        self._write(operation)
        result: dict[str, str] = {}
        try:
            yield result
        except BaseException:
            if result:
                self._write(replace(operation, end=stopwatch(), result=result))
            raise
        self._write(replace(operation, end=stopwatch(), result=result))

    def close(self) -> None:
        """Close the file; an operation recorded after that is a ValueError."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _write(self, operation: Operation) -> None:
        # One write of a whole line: what is appended keeps lines of several processes apart.
        line = f"{json.dumps(asdict(operation))}\n".encode()
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, "a line of the history was cut off", self._file.name)


def load(path: str | PathLike[str]) -> list[Operation]:
    """Read the operations of a file by their start; a last line that was cut off is left out.

    Raises UsageError with file and line for anything else that is no operation.
    """
    found: dict[str, Operation] = {}
    with open(path, "rb") as lines:  # noqa: PTH123 - any PathLike
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n") and not _is_whole(line):
                break
            where = f"{os.fspath(path)}:{number}"
            operation = _operation(line, where)
            before = found.setdefault(operation.key, operation)
            if replace(before, end=None, result=None) != replace(operation, end=None, result=None):
                raise UsageError.no_operation(where, f"another has the key {operation.key!r}")
            found[operation.key] = operation
    return sorted(found.values(), key=lambda operation: operation.start)


def _is_whole(line: bytes) -> bool:
    """Whether a last line without its end is all the same one that was written out."""
    try:
        json.loads(line.decode())
    except ValueError:
        return False
    return True


def _operation(line: bytes, where: str) -> Operation:
    try:
        fields = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise UsageError.no_operation(where, f"it is no UTF-8: {error.reason}") from None
    except ValueError as error:
        raise UsageError.no_operation(where, f"it is no JSON: {error}") from None
    wrong = _wrong(fields)
    if wrong:
        raise UsageError.no_operation(where, wrong)
    return Operation(**fields)


def _wrong(fields: Any) -> str | None:
    """Say what keeps a line from being an operation; None when nothing does."""
    if not isinstance(fields, dict):
        return f"it is {type(fields).__name__}, not an object"
    for name, types in _TYPES.items():
        if not isinstance(fields.get(name), types):
            return f"{name!r} is {fields.get(name)!r}"
    more = fields.keys() - _TYPES.keys()
    if more:
        return f"{min(more)!r} is none of {', '.join(_TYPES)}"
    return next(_complaints(Operation(**fields)), None)


def _complaints(one: Operation) -> Iterator[str]:
    if one.verb not in _NEEDED:
        yield f"'verb' is {one.verb!r}, none of {', '.join(_NEEDED)}"
        return
    for name in sorted(_NEEDED[one.verb] - one.arguments.keys()):
        yield f"'arguments' has no {name!r}"
    for name in sorted(one.arguments.keys() - set(_ARGUMENTS)):
        yield f"the argument {name!r} is none of {', '.join(_ARGUMENTS)}"
    for name, value in {**one.arguments, **(one.result or {})}.items():
        if not isinstance(value, str):
            yield f"{name!r} is {value!r}, not a text"
    yield from _complaints_of_times(one)
    yield from _complaints_of_results(one)


def _complaints_of_times(one: Operation) -> Iterator[str]:
    end = one.start if one.end is None else one.end
    for instant in (one.start, end):
        if isinstance(instant, bool) or not math.isfinite(instant):
            yield f"{instant} is no number of seconds"
    if end < one.start:
        yield f"it ends at {end}, before its start at {one.start}"
    if one.end is None and one.result is not None:
        yield "it has a result and no 'end'"


def _complaints_of_results(one: Operation) -> Iterator[str]:
    if one.result is None:
        return
    if one.failed and one.failed not in _STATUSES:
        yield f"'failed' is {one.failed!r}, not the name of a gRPC status, as UNAVAILABLE"
    if one.verb == READ and not (one.result.keys() & {"version", "failed"}):
        yield "the 'result' of a read has neither 'version' nor 'failed'"
