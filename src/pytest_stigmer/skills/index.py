"""Which skill has an organisation's slug, answered from memory.

A slug lies inside the stored message and the file format has no index of it, so the answer would
cost a read of every skill. The index is built from such a read, follows the controller's own
writes, and is built again when anyone else has changed the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.errors import UndecodableRow
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import decode


class Identity(NamedTuple):
    """What makes a skill the same skill: its organisation ('' for none) and its slug."""

    org: str
    slug: str


@dataclass(slots=True)
class Snapshot:
    """What one read of all skills told, true while the store's revision stays the same.

    `repeated` holds the identities that several rows share, `unreadable` names a row that does not
    decode.
    """

    revision: object
    ids: dict[Identity, str] = field(default_factory=dict)
    organisations: dict[str, set[str]] = field(default_factory=dict)
    repeated: set[Identity] = field(default_factory=set)
    unreadable: str = ""

    def add(self, identity: Identity, skill_id: str) -> None:
        """Remember a row; of several with one identity the first stays, as in the real server."""
        if self.ids.setdefault(identity, skill_id) != skill_id:
            self.repeated.add(identity)
        self.organisations.setdefault(identity.slug, set()).add(identity.org)

    def remove(self, identity: Identity) -> None:
        """Forget the only row of this identity."""
        self.ids.pop(identity, None)
        self.organisations.get(identity.slug, set()).discard(identity.org)

    def refuse_unreadable(self) -> None:
        """Raise UndecodableRow when a row might hold what was looked for in vain."""
        if self.unreadable:
            raise UndecodableRow(self.unreadable)


class SlugIndex:
    """Ids of the live skills by organisation and slug; usable from any thread."""

    def __init__(self, store: SqliteStore, generation: Generation) -> None:
        self._store = store
        self._generation = generation
        self._snapshot = Snapshot(revision=None)

    def find(self, identity: Identity) -> str | None:
        """Return the id of this skill, None when there is none.

        Raises UndecodableRow when no readable skill fits and one that cannot be read might.
        """
        snapshot = self._current()
        found = snapshot.ids.get(identity)
        if found is None:
            snapshot.refuse_unreadable()
        return found

    def organisations(self, slug: str) -> set[str]:
        """Return the organisations with a readable skill of this slug, '' for none."""
        return set(self._current().organisations.get(slug, ()))

    def saved(self, identity: Identity, skill_id: str) -> None:
        """Follow a write of the caller, inside the transaction in which it asked `find`."""
        self._snapshot.add(identity, skill_id)
        self._snapshot.revision = self._store.revision()

    def deleted(self, identity: Identity) -> None:
        """Follow a deletion by the caller, inside the transaction in which it asked `refresh`."""
        if identity in self._snapshot.repeated:
            return
        self._snapshot.remove(identity)
        self._snapshot.revision = self._store.revision()

    def refresh(self) -> None:
        """Read the skills again if anything has changed."""
        self._current()

    def _current(self) -> Snapshot:
        # Alone: a reading of another thread must not replace the snapshot that a push asked before
        # it follows its own write.
        with self._store.undisturbed():
            # Asked before the rows are read: a change in between makes the next call read again.
            revision = self._store.revision()
            if revision != self._snapshot.revision:
                self._snapshot = self._read(revision)
            return self._snapshot

    def _read(self, revision: object) -> Snapshot:
        snapshot = Snapshot(revision)
        for row_id, data in self._store.resource_rows(SKILL_KIND):
            try:
                message = decode(self._generation.Skill, data, SKILL_KIND, row_id)
            except UndecodableRow as error:
                snapshot.unreadable = str(error)
                continue
            snapshot.add(Identity(*self._generation.codec.identity(message)), row_id)
        return snapshot
