"""What the faults are made of."""
from __future__ import annotations

import datetime as dt
import re
import sqlite3
import unicodedata
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256

from google.protobuf import json_format

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import load
from pytest_stigmer.defects.change import AUDIT_OF, HASHED, TAGGED, in_place, with_queries, with_store
from pytest_stigmer.defects.defect import Defect
from pytest_stigmer.errors import (
    ArchiveError, AuditNotFound, ResourceNotFound, StatusError, StoreClosed, StoreError, UndecodableRow,
)
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage
from pytest_stigmer.skills.controller import SkillController, new_id, slug_of
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import Identity, SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.migration import LEGACY_ID, LegacyRow, Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import encode, kind_text

SECOND = 1_000_000_000
SKILL = values.SKILL_KIND
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def fault(harm, origin):
    """Make a Defect of a class that takes its base's place, or of apply(recipe)."""
    def made(it):
        apply = partial(in_place, part=it) if isinstance(it, type) else it
        family = it.__module__.rpartition(".")[2]
        return Defect(it.__name__.replace("_", "-"), family, harm, origin, apply)
    return made


def memory(owner, name):
    """A dict that this object keeps."""
    return owner.__dict__.setdefault(name, {})


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


def with_creation(recipe, change):
    """Let change(created_at, now) return the creation that an update takes over."""
    class Other(SkillController):
        def stamp(self, now, before):
            if before is not None and before.created_at is not None:
                before = replace(before, created_at=change(before.created_at, now))
            return super().stamp(now, before)
    return replace(recipe, skills=Other)


def with_archived_at(recipe, shift):
    """Let shift(instant) return the instant that an audit record's archived_at holds."""
    class Other(SqliteStore):
        def save_audit(self, *args, **kw):
            super().save_audit(*args, **kw)
            at = shift(self.instants.now())
            self.execute("UPDATE resource_audit SET archived_at = :t WHERE id = last_insert_rowid()", {"t": f"{at:%Y-%m-%d %H:%M:%S}"})
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


def newest(where):
    return f"SELECT data FROM resource_audit WHERE id = (SELECT max(+id) {where})"


def keys_in_use(controller):
    """The storage keys that any record, live or archived, names."""
    keys = set()
    for table in ("resources", "resource_audit"):
        for (data,) in controller.store.execute(f"SELECT data FROM {table} WHERE kind = 'skill'"):
            with suppress(Exception):
                keys.add(controller.generation.Skill.FromString(data).status.artifact_storage_key)
    return keys
