"""What several callers did to one registry, as JSON lines, and what such a history may not show.

A line is one operation: worker, verb (`push`, `read`, `delete`), arguments, start and end in
seconds that pass for all processes of a machine, result. An operation is written when it begins and
again when it ends, so that one whose process died is known to have begun. `subject` names a skill:
organisation, slash, slug.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from pytest_stigmer.clock import stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

PUSH, READ, DELETE = "push", "read", "delete"

UNDECIDED = frozenset(
    {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN", "INTERNAL", "ABORTED"}
)
"""Statuses after which a write may have happened all the same."""


@dataclass(frozen=True)
class Operation:
    """One call: `arguments` are `subject` and, of a push, `tag` and `version` (its hash).

    A read has `tag` or `version`, or neither for the newest. `end` and `result` are None while it
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
    """Appends operations to a file that several threads and processes share."""

    def __init__(self, path: str | PathLike[str], worker: str = "") -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._worker = worker or str(os.getpid())
        self._count = 0
        self._lock = threading.Lock()

    @contextmanager
    def operation(self, verb: str, **arguments: str) -> Iterator[dict[str, str]]:
        """Record a call; the block fills the result that it is given.

        When the block raises, the result is what it has filled in so far, else unknown.
        """
        operation = Operation(self._key(), self._worker, verb, arguments, stopwatch())
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
        """Close the file."""
        os.close(self._descriptor)

    def _key(self) -> str:
        with self._lock:
            self._count += 1
            return f"{self._worker}-{self._count}"

    def _write(self, operation: Operation) -> None:
        # One write of a whole line: O_APPEND keeps lines of several processes apart.
        os.write(self._descriptor, f"{json.dumps(asdict(operation))}\n".encode())


def load(path: str | PathLike[str]) -> list[Operation]:
    """Read the operations of a file by their start; a last line that was cut off is left out."""
    found: dict[str, Operation] = {}
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - any PathLike
        for line in lines:
            if line.endswith("\n"):
                operation = Operation(**json.loads(line))
                found[operation.key] = operation
    return sorted(found.values(), key=lambda operation: operation.start)


def faults(operations: list[Operation]) -> list[str]:
    """Return what no correct registry could have answered, a sentence each; empty when all is well.

    A read gives a version that was pushed and could be the newest it asks for; nothing that was
    acknowledged is missing; reads do not go back; one skill has one id. Overlapping operations may
    have happened in either order.
    """
    found: list[str] = []
    for subject in sorted({operation.arguments["subject"] for operation in operations}):
        own = [one for one in operations if one.arguments["subject"] == subject]
        found += _Subject(subject, own).faults()
    return found


class _Subject:
    """The operations on one skill."""

    def __init__(self, name: str, operations: list[Operation]) -> None:
        self.name = name
        happened = [one for one in operations if one.may_have_happened]
        self.pushes = [one for one in happened if one.verb == PUSH]
        self.deletes = [one for one in happened if one.verb == DELETE]
        self.reads = [one for one in operations if one.verb == READ and one.result is not None]

    def faults(self) -> list[str]:
        """Return what is wrong about this skill."""
        found = [fault for read in self.reads if (fault := self._fault_of(read))]
        return [*found, *self._steps_back(), *self._ids()]

    def _fault_of(self, read: Operation) -> str | None:
        if read.failed == "NOT_FOUND":
            return self._loss(read)
        if read.failed:
            return None
        pushes = [push for push in self._answering(read) if push.start <= (read.end or 0)]
        if not pushes:
            return f"{self._told(read)}, which was never pushed so"
        if all(self._superseded(push, read) for push in pushes):
            return f"{self._told(read)}, although a newer push or deletion was acknowledged before"
        return None

    def _loss(self, read: Operation) -> str | None:
        for push in self._asked_for(read):
            if push.latest_end < read.start and not self._maybe_deleted(push, read):
                version = push.arguments["version"][:12]
                return (
                    f"{self._told(read)}, although {push.worker} had its push of version {version} "
                    "acknowledged before"
                )
        return None

    def _asked_for(self, read: Operation) -> list[Operation]:
        wanted = {key: read.arguments[key] for key in ("tag", "version") if key in read.arguments}
        return [push for push in self.pushes if wanted.items() <= push.arguments.items()]

    def _answering(self, read: Operation) -> list[Operation]:
        given = (read.result or {}).get("version")
        return [push for push in self._asked_for(read) if push.arguments["version"] == given]

    def _superseded(self, push: Operation, read: Operation) -> bool:
        later = [*self.deletes]
        if "version" not in read.arguments:
            later += self._asked_for(read)
        return any(_certainly(push, one) and _certainly(one, read) for one in later)

    def _maybe_deleted(self, push: Operation, read: Operation) -> bool:
        return any(
            one.start <= (read.end or 0) and one.latest_end >= push.start for one in self.deletes
        )

    def _steps_back(self) -> Iterator[str]:
        """Find reads of one name where the later one gave what the earlier one had left behind."""
        reads = [read for read in self.reads if not read.failed and "version" not in read.arguments]
        for first in reads:
            for second in reads:
                if first.arguments == second.arguments and _certainly(first, second):
                    newer, older = self._answering(first), self._answering(second)
                    if newer and older and all(_certainly(b, a) for a in newer for b in older):
                        yield f"{self._told(second)}, after {first.worker} had read a newer one"

    def _ids(self) -> Iterator[str]:
        ids = {(push.result or {}).get("id") for push in self.pushes if push.is_acknowledged}
        if len(ids) > 1 and not self.deletes:
            yield f"{self.name} was given {len(ids)} ids, although nobody deleted it"

    def _told(self, read: Operation) -> str:
        name = read.arguments.get("tag") or read.arguments.get("version", "")[:12] or "the newest"
        gave = (read.result or {}).get("version", "")[:12] or read.failed
        return f"{read.worker} read {name} of {self.name} and was given {gave}"


def _certainly(first: Operation, second: Operation) -> bool:
    """Whether the first had happened before the second began."""
    return first.latest_end < second.start


def check_file(path: str | PathLike[str]) -> list[str]:
    """Return the faults of a recorded history."""
    return faults(load(path))
