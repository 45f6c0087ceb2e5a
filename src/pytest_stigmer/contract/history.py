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
from bisect import bisect_left, bisect_right
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pytest_stigmer.clock import stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    Name = frozenset[tuple[str, str]]

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
    have happened in either order. It takes about as long as sorting the operations.
    """
    subjects: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        subjects[operation.arguments["subject"]].append(operation)
    return [fault for name in sorted(subjects) for fault in _Subject(name, subjects[name]).faults()]


class _Point(NamedTuple):
    bound: float
    value: float
    operation: Operation | None = None


_NOTHING = _Point(float("-inf"), float("-inf"))


def _higher(one: _Point, other: _Point) -> _Point:
    return other if other.value > one.value else one


class _Peaks:
    """The greatest value among the points up to a bound; one below all numbers where none is."""

    def __init__(self, points: Iterable[_Point]) -> None:
        ordered = sorted(points, key=lambda point: point.bound)
        self._bounds = [point.bound for point in ordered]
        self._peaks = [_NOTHING, *accumulate(ordered, _higher)]

    def before(self, bound: float) -> _Point:
        """Return the peak of the points whose bound is less."""
        return self._peaks[bisect_left(self._bounds, bound)]

    def until(self, bound: float) -> _Point:
        """Return the peak of the points whose bound is not greater."""
        return self._peaks[bisect_right(self._bounds, bound)]

    @property
    def first(self) -> float:
        """The least bound; infinite where there is none."""
        return self._bounds[0] if self._bounds else float("inf")


def _ended(operations: Iterable[Operation]) -> _Peaks:
    """Find which began last of those that had ended."""
    return _Peaks(_Point(one.latest_end, one.start, one) for one in operations)


def _begun(operations: Iterable[Operation]) -> _Peaks:
    """Find which may have ended last of those that had begun."""
    return _Peaks(_Point(one.start, one.latest_end, one) for one in operations)


def _name(asked: Iterable[tuple[str, str]]) -> Name:
    """Return what a read asks for: nothing for the newest, else a tag or a version."""
    return frozenset((key, value) for key, value in asked if key in ("tag", "version"))


class _Subject:
    """The operations on one skill."""

    def __init__(self, name: str, operations: list[Operation]) -> None:
        self.name = name
        happened = [one for one in operations if one.may_have_happened]
        self.pushes = [one for one in happened if one.verb == PUSH]
        self.reads = [one for one in operations if one.verb == READ and one.result is not None]
        deletes = [one for one in happened if one.verb == DELETE]
        self.was_deleted = bool(deletes)
        self._deletes_ended, self._deletes_begun = _ended(deletes), _begun(deletes)
        self._index_pushes()

    def _index_pushes(self) -> None:
        by_name: dict[Name, list[Operation]] = defaultdict(list)
        by_answer: dict[tuple[Name, str], list[Operation]] = defaultdict(list)
        for push in self.pushes:
            for name in _names_of(push):
                by_name[name].append(push)
                by_answer[name, push.arguments["version"]].append(push)
        nothing = _Peaks(())
        self._ended = defaultdict(lambda: nothing, {key: _ended(by_name[key]) for key in by_name})
        self._begun = defaultdict(
            lambda: nothing, {key: _begun(by_answer[key]) for key in by_answer}
        )

    def faults(self) -> list[str]:
        """Return what is wrong about this skill."""
        found = [fault for read in self.reads if (fault := self._fault_of(read))]
        return [*found, *self._steps_back(), *self._ids()]

    def _fault_of(self, read: Operation) -> str | None:
        if read.failed == "NOT_FOUND":
            return self._loss(read)
        if read.failed:
            return None
        given = self._answering(read).until(read.end or 0)
        if given is _NOTHING:
            return f"{self._told(read)}, which was never pushed so"
        if given.value < self._left_behind(read):
            return f"{self._told(read)}, although a newer push or deletion was acknowledged before"
        return None

    def _loss(self, read: Operation) -> str | None:
        newest = self._ended[_name(read.arguments.items())].before(read.start)
        deleted = self._deletes_begun.until(read.end or 0)
        push = newest.operation
        if push is None or newest.value <= deleted.value:
            return None
        version = push.arguments["version"][:12]
        return (
            f"{self._told(read)}, although {push.worker} had its push of version {version} "
            "acknowledged before"
        )

    def _answering(self, read: Operation) -> _Peaks:
        """Return the pushes of what was read, under the name that was asked for."""
        given = (read.result or {}).get("version", "")
        return self._begun[_name(read.arguments.items()), given]

    def _left_behind(self, read: Operation) -> float:
        """Return before when a version had to end to be certainly no longer what is asked for."""
        ends = [self._deletes_ended]
        if "version" not in read.arguments:
            ends.append(self._ended[_name(read.arguments.items())])
        return max(peaks.before(read.start).value for peaks in ends)

    def _steps_back(self) -> Iterator[str]:
        """Find reads of one name where the later one gave what an earlier one had left behind."""
        by_name: dict[Name, list[Operation]] = defaultdict(list)
        for read in self.reads:
            pushed = self._answering(read).until(float("inf")) is not _NOTHING
            if pushed and not read.failed and "version" not in read.arguments:
                by_name[_name(read.arguments.items())].append(read)
        for reads in by_name.values():
            seen = _Peaks(_Point(one.latest_end, self._answering(one).first, one) for one in reads)
            for read in reads:
                newer = seen.before(read.start)
                if (
                    newer.operation
                    and self._answering(read).until(float("inf")).value < newer.value
                ):
                    worker = newer.operation.worker
                    yield f"{self._told(read)}, after {worker} had read a newer one"

    def _ids(self) -> Iterator[str]:
        ids = {(push.result or {}).get("id") for push in self.pushes if push.is_acknowledged}
        if len(ids) > 1 and not self.was_deleted:
            yield f"{self.name} was given {len(ids)} ids, although nobody deleted it"

    def _told(self, read: Operation) -> str:
        name = read.arguments.get("tag") or read.arguments.get("version", "")[:12] or "the newest"
        gave = (read.result or {}).get("version", "")[:12] or read.failed
        return f"{read.worker} read {name} of {self.name} and was given {gave}"


def _names_of(push: Operation) -> Iterator[Name]:
    """Yield every name that a read may ask for to be given this push."""
    items = [item for item in push.arguments.items() if item[0] in ("tag", "version")]
    yield from {_name(()), *(_name([item]) for item in items), _name(items)}


def check_file(path: str | PathLike[str]) -> list[str]:
    """Return the faults of a recorded history."""
    return faults(load(path))
