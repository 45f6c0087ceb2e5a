"""The linearizability checker: what no registry whose calls happen one by one could answer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from os import PathLike
from typing import NamedTuple

from pytest_stigmer.concurrency.recorded_history import (
    DELETE,
    NO_ANSWER,
    PUSH,
    READ,
    REFUSED,
    Operation,
    load,
)
from pytest_stigmer.errors import UsageError, counted

Name = frozenset[tuple[str, str]]

_NOT_JUDGED = NO_ANSWER | REFUSED


def faults(operations: list[Operation]) -> list[str]:
    """Return what no correct registry could have answered, a sentence each; empty when all is well.

    A read gives a version that was pushed and could be the newest it asks for; nothing that was
    acknowledged is missing; no read takes back what an earlier one has shown; one skill has one id
    until it is deleted, and no other skill has it. A read that was refused is not judged.
    Overlapping operations may have happened in either order. A sentence names operations by worker,
    key and times, as the history has them. Where a slug has two live skills that is told, and of
    the reads that go wrong with it only how many they are. It takes about as long as sorting the
    operations.
    """
    subjects: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        subjects[operation.arguments["subject"]].append(operation)
    told = [fault for name in sorted(subjects) for fault in _Subject(name, subjects[name]).faults()]
    return [*told, *_shared_ids(operations)]


def _shared_ids(operations: list[Operation]) -> Iterator[str]:
    """Find ids that two skills were given."""
    owners: dict[str, dict[str, Operation]] = defaultdict(dict)
    for one in operations:
        if one.verb == PUSH and one.is_acknowledged:
            owners[_id_of(one)].setdefault(one.arguments["subject"], one)
    for skill_id, first in sorted(owners.items()):
        if skill_id and len(first) > 1:
            names = " and ".join(f"{name} by {_who(first[name])}" for name in sorted(first))
            yield f"two skills were given one id, {skill_id}: {names}"


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


_ANSWERS = 2
"""How many different answers are remembered: the last one, and the last other than it."""


class _Seen:
    """Of the reads so far, which happened last for certain, and which last with another answer."""

    def __init__(self) -> None:
        self._newest: dict[str, _Point] = {}

    def add(self, answer: str, point: _Point) -> None:
        """Take one more into account; its value is before when it did not happen."""
        self._newest[answer] = _higher(self._newest.get(answer, _NOTHING), point)
        if len(self._newest) > _ANSWERS:
            del self._newest[min(self._newest, key=lambda one: self._newest[one].value)]

    def of_another(self, answer: str) -> _Point:
        """Return which happened last of those with another answer."""
        others = (point for given, point in self._newest.items() if given != answer)
        return max(others, key=lambda point: point.value, default=_NOTHING)


def _ended(operations: Iterable[Operation]) -> _Peaks:
    """Find which began last of those that had ended."""
    return _Peaks(_Point(one.latest_end, one.start, one) for one in operations)


def _begun(operations: Iterable[Operation]) -> _Peaks:
    """Find which may have ended last of those that had begun."""
    return _Peaks(_Point(one.start, one.latest_end, one) for one in operations)


def _name(asked: Iterable[tuple[str, str]]) -> Name:
    """Return what a read asks for: nothing for the newest, else a tag or a version."""
    return frozenset(
        (key, value)
        for key, value in asked
        if key in ("tag", "version") and value not in ("", "latest")
    )


class _Subject:
    """The operations on one skill."""

    def __init__(self, name: str, operations: list[Operation]) -> None:
        self.name = name
        happened = [one for one in operations if one.may_have_happened]
        self.pushes = [one for one in happened if one.verb == PUSH]
        self.reads = [one for one in operations if one.verb == READ and one.result is not None]
        deletes = [one for one in happened if one.verb == DELETE]
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
        """Return what is wrong about this skill, of each read one thing."""
        back = dict(self._steps_back())
        found = [fault for one in self.reads if (fault := self._fault_of(one) or back.get(one.key))]
        two_live = next(self._ids(), "")
        more = f"; {counted(len(found), 'read')} of it went wrong too" if found else ""
        return [f"{two_live}{more}"] if two_live else found

    def _fault_of(self, read: Operation) -> str | None:
        if read.failed in _NOT_JUDGED:
            return None
        if read.failed:
            return self._loss(read)
        given = self._answering(read).until(_end_of(read))
        if given is _NOTHING:
            return f"{self._told(read)}, which was never pushed so"
        newer = self._left_behind(read)
        if newer.operation and given.value < newer.value:
            is_push = newer.operation.verb == PUSH
            what = f"a newer push, {_pushed(newer.operation)}," if is_push else "its deletion"
            who = _who(newer.operation)
            return f"{self._told(read)}, although {who} had {what} acknowledged before"
        return None

    def _loss(self, read: Operation) -> str | None:
        newest = self._ended[_name(read.arguments.items())].before(read.start)
        deleted = self._deletes_begun.until(_end_of(read))
        push = newest.operation
        if push is None or newest.value <= deleted.value:
            return None
        what = f"its push {_pushed(push)}"
        return f"{self._told(read)}, although {_who(push)} had {what} acknowledged before"

    def _answering(self, read: Operation) -> _Peaks:
        """Return the pushes of what was read, under the name that was asked for."""
        return self._begun[_name(read.arguments.items()), _version_of(read)]

    def _left_behind(self, read: Operation) -> _Point:
        """Return what a version had to end before, to be certainly no longer what is asked for."""
        ends = [self._deletes_ended]
        if not read.arguments.get("version"):
            ends.append(self._ended[_name(read.arguments.items())])
        return max((peaks.before(read.start) for peaks in ends), key=lambda peak: peak.value)

    def _steps_back(self) -> Iterator[tuple[str, str]]:
        """Find reads that took back what an earlier read of the same name had shown.

        Yields key and fault.
        """
        by_name: dict[Name, list[Operation]] = defaultdict(list)
        for read in self.reads:
            if read.failed == "NOT_FOUND" or (not read.failed and self._explained_until(read) > 0):
                by_name[_name(read.arguments.items())].append(read)
        for reads in by_name.values():
            yield from self._steps_back_of(reads)

    def _steps_back_of(self, reads: list[Operation]) -> Iterator[tuple[str, str]]:
        seen = _Seen()
        ended = deque(sorted(reads, key=_end_of))
        for read in sorted(reads, key=lambda one: one.start):
            while _end_of(ended[0]) < read.start:
                one = ended.popleft()
                seen.add(_version_of(one), _Point(_end_of(one), self._not_before(one), one))
            other = seen.of_another(_version_of(read))
            if other.operation and self._explained_until(read) < other.value:
                since = "it was not pushed" if not read.failed else "nothing was deleted"
                earlier = f"{_who(other.operation)} was given {_given(other.operation)} before"
                yield read.key, f"{self._told(read)}, although {earlier} and {since} since"

    def _explained_until(self, read: Operation) -> float:
        """Return until when a push of what was read, or a deletion, may have gone on."""
        if read.failed:
            return self._deletes_begun.until(_end_of(read)).value
        return self._answering(read).until(float("inf")).value

    def _not_before(self, read: Operation) -> float:
        """Return before when a read did not happen: its start, or that of the push it gave."""
        return read.start if read.failed else max(read.start, self._answering(read).first)

    def _ids(self) -> Iterator[str]:
        told = [push for push in self.pushes if push.is_acknowledged and _id_of(push)]
        told.sort(key=lambda push: push.start)
        for one, other in pairwise(told):
            deleted = self._deletes_begun.until(max(_end_of(one), _end_of(other)))
            if _id_of(one) != _id_of(other) and deleted.value < one.start:
                pushed = " and ".join(f"{_id_of(push)} by {_who(push)}" for push in (one, other))
                number = len({_id_of(push) for push in told})
                more = f"; it was given {number} ids in all" if number > _ANSWERS else ""
                why = "although nobody deleted it in between"
                yield f"two live skills have the slug {self.name}, {why}: {pushed}{more}"
                return

    def _told(self, read: Operation) -> str:
        name = read.arguments.get("tag") or read.arguments.get("version", "")[:12] or "the newest"
        return f"{_who(read)} read {name} of {self.name} and was given {_given(read)}"


def _who(one: Operation) -> str:
    """Name an operation as the history has it."""
    end = "no answer" if one.end is None else f"{one.end:.6f} s"
    return f"{one.worker} (key {one.key}, {one.start:.6f} to {end})"


def _pushed(push: Operation) -> str:
    return f"of version {push.arguments['version'][:12]}"


def _version_of(read: Operation) -> str:
    """Return the version that a read gave, '' for none."""
    return (read.result or {}).get("version", "")


def _end_of(operation: Operation) -> float:
    """Return when an operation that was answered had its answer."""
    return operation.end or 0


def _id_of(push: Operation) -> str:
    """Return the id that a push was given, '' for none."""
    return (push.result or {}).get("id", "")


def _given(read: Operation) -> str:
    return _version_of(read)[:12] or read.failed


def _names_of(push: Operation) -> Iterator[Name]:
    """Yield every name that a read may ask for to be given this push."""
    items = [item for item in push.arguments.items() if item[0] in ("tag", "version")]
    yield from {_name(()), *(_name([item]) for item in items), _name(items)}


def check_file(path: str | PathLike[str]) -> list[str]:
    """Return the faults of a recorded history.

    Raises UsageError for a line that is no operation, and when there is none at all.
    """
    operations = load(path)
    if not operations:
        raise UsageError.empty_history(path)
    return faults(operations)
