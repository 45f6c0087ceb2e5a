"""Audit histories as values: which rows a registry would hold after many pushes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypedDict

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import DEFAULT_START, parse_duration, parse_instant
from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.messages import check_fields, nanoseconds, skill_value
from pytest_stigmer.factories.seeding import Draws
from pytest_stigmer.store.translation import AuditRow, ResourceRow

Pattern = str | Sequence[str] | Callable[[int], str]
"""A text per version: one for all, a sequence that repeats, or a function of the number from 1."""

_SECOND = 1_000_000_000


class HistoryFields(TypedDict, total=False):
    """What an audit history may be given."""

    versions: int
    resources: int | Sequence[str]
    kinds: str | Sequence[str]
    tags: Pattern
    skill_md: Pattern
    spacing: str | dt.timedelta | Sequence[str | dt.timedelta]
    start: str | dt.datetime


class Version(NamedTuple):
    """What one push writes, whichever resource it is pushed to; `number` counts from 1."""

    number: int
    skill_md: str
    version_hash: str
    tag: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a history: its kind, and the skill that its versions are versions of."""

    kind: str
    skill: values.Skill


@dataclass(frozen=True)
class History:
    """A pure value: the audit rows of some resources, and their live rows.

    Every version is pushed to every resource before the next version comes. Rows are made while
    they are read, so that a history of any length costs nothing until it is loaded.
    """

    versions: tuple[Version, ...]
    resources: tuple[Resource, ...]
    generation: Generation

    @property
    def rows(self) -> AuditRows:
        """The audit rows in the order in which they were written, as a sized iterable."""
        return AuditRows(self)

    @property
    def live(self) -> list[ResourceRow]:
        """The live row of each resource: its last version."""
        newest = replace(self, versions=self.versions[-1:])
        return [
            ResourceRow(row.kind, row.resource_id, row.data, row.archived_at)
            for row in _rows(newest, self.created)
        ]

    @property
    def created(self) -> int:
        """The first version's instant, nanoseconds since the Unix epoch; 0 without a version."""
        return nanoseconds(self.versions[0].at) if self.versions else 0


class AuditRows:
    """The audit rows of a history: they have a number and can be read again and again."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __len__(self) -> int:
        return len(self._history.versions) * len(self._history.resources)

    def __iter__(self) -> Iterator[AuditRow]:
        return _rows(self._history, self._history.created)

    def __contains__(self, row: object) -> bool:
        return any(row == own for own in self)


def audit_history(generation: Generation, draws: Draws, fields: HistoryFields) -> History:
    """Return a history; raise UnknownField or UsageError for fields that make none."""
    check_fields("audit_history", fields, HistoryFields)
    count = fields.get("versions", 3)
    if count < 0:
        raise UsageError(f"audit_history(): versions is {count}; give 0 or more")
    versions = map(
        _version,
        range(1, count + 1),
        _texts("skill_md", fields.get("skill_md", "# Version {}\n".format), count),
        _texts("tags", fields.get("tags", ""), count),
        _instants(fields, count),
    )
    return History(tuple(versions), tuple(_resources(draws, fields)), generation)


def _version(number: int, skill_md: str, tag: str, at: dt.datetime) -> Version:
    return Version(number, skill_md, hashlib.sha256(skill_md.encode()).hexdigest(), tag, at)


def _texts(name: str, pattern: Pattern, count: int) -> Iterator[str]:
    if callable(pattern):
        return map(pattern, range(1, count + 1))
    return _repeated(name, [pattern] if isinstance(pattern, str) else pattern, count)


def _repeated(name: str, pattern: Sequence[Any], count: int) -> Iterator[Any]:
    if not pattern:
        raise UsageError(f"audit_history(): {name} is empty; give at least one")
    return (pattern[i % len(pattern)] for i in range(count))


def _instants(fields: HistoryFields, count: int) -> Iterator[dt.datetime]:
    spacing = fields.get("spacing", "1s")
    steps = [spacing] if isinstance(spacing, (str, dt.timedelta)) else spacing
    now = parse_instant(fields.get("start", DEFAULT_START))
    for step in _repeated("spacing", [parse_duration(step) for step in steps], count):
        yield now
        now += step


def _resources(draws: Draws, fields: HistoryFields) -> Iterator[Resource]:
    wanted = fields.get("resources", 1)
    kinds = fields.get("kinds", values.SKILL_KIND)
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        prefix = "skl" if kind == values.SKILL_KIND else kind
        ids = (
            (draws.resource_id(prefix) for _ in range(wanted))
            if isinstance(wanted, int)
            else wanted
        )
        for resource_id in ids:
            yield Resource(kind, skill_value(draws, {"id": resource_id, "skill_md": ""}))


def _rows(history: History, created: int) -> Iterator[AuditRow]:
    writers = [
        (resource.kind, resource.skill.metadata.id, _Writer(history.generation, resource, created))
        for resource in history.resources
    ]
    for version in history.versions:
        at = nanoseconds(version.at)
        for kind, resource_id, writer in writers:
            data = writer.data(version, at)
            yield AuditRow(kind, resource_id, data, version.version_hash, version.tag, version.at)


class _Writer:
    """Serialises the versions of one resource by changing one message: a tenth of the cost."""

    def __init__(self, generation: Generation, resource: Resource, created: int) -> None:
        audit = replace(
            resource.skill.spec_audit, created_at=created, updated_at=created, event="updated"
        )
        skill = replace(resource.skill, spec_audit=audit, status_audit=audit)
        self._message = generation.codec.skill_message(skill)
        self._spec = self._message.spec
        self._status = self._message.status
        self._audits = (self._status.audit.spec_audit, self._status.audit.status_audit)
        self._instants = [audit.updated_at for audit in self._audits]
        self._new = False
        self._encode = generation.codec.encode

    def data(self, version: Version, at: int) -> bytes:
        """Return the message of one version."""
        self._spec.skill_md = version.skill_md
        self._spec.tag = version.tag
        self._status.version_hash = version.version_hash
        self._status.artifact_storage_key = f"skills/{version.version_hash}.zip"
        seconds, nanos = divmod(at, _SECOND)
        for instant in self._instants:
            instant.seconds = seconds
            instant.nanos = nanos
        if (version.number == 1) is not self._new:
            self._turn()
        return self._encode(self._message)

    def _turn(self) -> None:
        self._new = not self._new
        for audit in self._audits:
            audit.event = "created" if self._new else "updated"
