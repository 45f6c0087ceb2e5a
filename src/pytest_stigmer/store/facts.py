"""What an inspection finds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Sample(Generic[T]):
    """The first of many entries, and how many there are in all."""

    total: int = 0
    shown: tuple[T, ...] = ()


@dataclass(frozen=True)
class SchemaFacts:
    """The schema of a file against the real server's of the same version; 0 is: none recorded.

    `other_indexes` are sentences about indexes of a known name on other columns.
    """

    version: int
    is_known: bool
    missing_tables: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    missing_indexes: tuple[str, ...] = ()
    other_indexes: tuple[str, ...] = ()
    extra_indexes: tuple[str, ...] = ()
    extra_objects: tuple[str, ...] = ()


@dataclass(frozen=True)
class KindFacts:
    """How many live resources, audit records, resources with such, and tagged records."""

    kind: str
    resources: int
    audits: int
    audited_resources: int
    tagged_audits: int


@dataclass(frozen=True)
class Orphan:
    """A resource that is not live and has audit records, so many."""

    kind: str
    resource_id: str
    records: int


@dataclass(frozen=True)
class Legacy:
    """An audit record that is still a live row, under the id that it had before schema 2."""

    kind: str
    id: str


@dataclass(frozen=True)
class Record:
    """One audit record; `archived_at` is the stored text: UTC, whole seconds."""

    id: int
    archived_at: str
    version_hash: str
    tag: str


@dataclass(frozen=True)
class TagAnswers:
    """What a tag names: by insertion, by the clock with ties broken by id, by the clock alone.

    `without_tiebreak` is what SQLite picks on this file now; another index, release or server may
    pick another of the `tied` records, which share the tag's newest second.
    """

    kind: str
    resource_id: str
    tag: str
    newest: Record
    with_tiebreak: Record
    without_tiebreak: Record
    tied: int

    @property
    def is_wrong(self) -> bool:
        """Whether an answer by the clock is another version than the one inserted last."""
        answers = (self.with_tiebreak, self.without_tiebreak)
        return any(_is_other_version(answer, self.newest) for answer in answers)


@dataclass(frozen=True)
class History:
    """The audit records of one resource, newest insertion first.

    `ties` counts records whose second a record before them has, `steps_back` the places where the
    clock and the order of insertion disagree.
    """

    kind: str
    resource_id: str
    is_live: bool
    ties: int
    steps_back: int
    records: Sample[Record]
    tags: Sample[TagAnswers]


@dataclass(frozen=True)
class Facts:
    """All facts about a file; `size` in bytes."""

    path: str
    size: int
    journal_mode: str
    schema: SchemaFacts
    kinds: tuple[KindFacts, ...]
    orphans: Sample[Orphan]
    legacy: Sample[Legacy]
    histories_at_risk: int = 0
    tags_at_risk: Sample[TagAnswers] = field(default_factory=Sample)
    histories: tuple[History, ...] = ()

    @property
    def has_hazards(self) -> bool:
        """Whether the order of any history, and so what its tags name, rests on a tiebreak."""
        return self.histories_at_risk > 0


def _is_other_version(answer: Record, newest: Record) -> bool:
    return answer.id != newest.id and (
        not newest.version_hash or answer.version_hash != newest.version_hash
    )
