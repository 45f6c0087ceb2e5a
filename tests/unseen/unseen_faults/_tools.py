"""What the faults are made of."""
from __future__ import annotations

import datetime as dt
import html
import posixpath
import re
import sqlite3
import unicodedata
import zlib
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from pytest_stigmer.api import values
from pytest_stigmer.defects.change import (
    AUDIT_OF, HASHED, TAGGED, in_place, with_queries, with_schema, with_store,
)
from pytest_stigmer.defects.defect import Defect
from pytest_stigmer.errors import (
    ArchiveError, AuditNotFound, ResourceNotFound, StatusError, StoreClosed, StoreError, UndecodableRow,
)
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import Archive, ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, FileIdentity
from pytest_stigmer.skills.controller import SkillController, slug_of
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import Identity, SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.migration import LEGACY_ID, LegacyRow, Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.session import Session
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import kind_text

MAX = values.MAX_MESSAGE_BYTES
SECOND = 1_000_000_000
SKILL = values.SKILL_KIND


def fault(harm, origin):
    """Make a Defect of a class that takes its base's place, or of apply(recipe)."""
    def made(it):
        apply = partial(in_place, part=it) if isinstance(it, type) else it
        family = it.__module__.rpartition(".")[2]
        return Defect(it.__name__.replace("_", "-"), family, harm, origin, apply)
    return made


def with_slug(recipe, function):
    class Renaming(SkillController):
        def slug(self, name):
            return function(name)
    return replace(recipe, skills=Renaming)


def with_version(recipe, change):
    """Let change(skill, current) return the record that a push makes."""
    class Other(SkillController):
        def next_version(self, request, identity, archive, key, current):
            return change(super().next_version(request, identity, archive, key, current), current)
    return replace(recipe, skills=Other)


def with_text(recipe, change):
    return with_version(recipe, lambda skill, _: replace(skill, skill_md=change(skill.skill_md)))


def with_metadata(recipe, change):
    """Let change(metadata) return the metadata of an update."""
    return with_version(recipe, lambda skill, now: skill if now is None else replace(skill, metadata=change(skill.metadata)))


def with_now(recipe, change):
    """Let change(nanoseconds) return the instant that a record is stamped with."""
    class Other(SkillController):
        def stamp(self, now, before):
            return super().stamp(change(now), before)
    return replace(recipe, skills=Other)


def with_archived_at(recipe, text):
    """Let text(instant) return what an audit record's archived_at holds."""
    class Other(SqliteStore):
        def save_audit(self, *args, **kw):
            super().save_audit(*args, **kw)
            self.execute("UPDATE resource_audit SET archived_at = :t WHERE id = last_insert_rowid()", {"t": text(self.instants.now())})
    return with_store(recipe, Other)


def with_identity(recipe, change):
    """Let change(Identity) be what the index knows and is asked for."""
    class Other(SlugIndex):
        def find(self, identity):
            return super().find(change(identity))

        def saved(self, identity, skill_id):
            super().saved(change(identity), skill_id)

        def deleted(self, identity):
            super().deleted(change(identity))

        def _read(self, revision):
            made = super()._read(revision)
            ids, made.ids, made.organisations = made.ids, {}, {}
            for identity, skill_id in ids.items():
                made.add(change(identity), skill_id)
            return made
    return replace(recipe, index=Other)


def with_values(recipe, change):
    """Give a store that changes each bound text by change(name, value)."""
    class Changing(SqliteStore):
        def _changed(self, given):
            return {n: change(n, v) if isinstance(v, str) else v for n, v in given.items()}

        def _read(self, sql, kind, **given):
            return super()._read(sql, kind, **self._changed(given))

        def _write(self, sql, kind, **given):
            return super()._write(sql, kind, **self._changed(given))
    return with_store(recipe, Changing)


def newest(where):
    return f"SELECT data FROM resource_audit WHERE id = (SELECT max(+id) {where})"
