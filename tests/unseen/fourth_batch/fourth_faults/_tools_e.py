"""What the faults of sql, identity, artifacts, migration, deletion and errors are made of."""
from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import load
from pytest_stigmer.defects.change import AUDIT_OF, in_place, with_queries, with_schema
from pytest_stigmer.defects.defect import Defect
from pytest_stigmer.errors import ArchiveError, AuditNotFound, StatusError, StoreClosed, StoreError, StoreLocked, UndecodableRow
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact
from pytest_stigmer.skills.controller import SkillController, new_id, slug_of
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import Identity, SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.migration import LegacyRow, Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore

SKILL = values.SKILL_KIND
OF_ROW = "FROM resources WHERE kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"


def fault(harm, origin):
    """Make a Defect of a class that takes its base's place, or of apply(recipe)."""
    def made(it):
        apply = partial(in_place, part=it) if isinstance(it, type) else it
        family = it.__module__.rpartition(".")[2]
        return Defect(it.__name__.replace("_", "-"), family, harm, origin, apply)
    return made


def newest(where):
    return f"SELECT data FROM resource_audit WHERE id = (SELECT max(+id) {where})"


def with_read_identity(recipe, of):
    """Let of(message) be the identity under which the index knows a record that it reads."""
    class Other(SlugIndex):
        def _read(self, revision):
            made = super()._read(revision)
            made.ids, made.organisations, made.repeated = {}, {}, set()
            for row_id, data in self._store.resource_rows(SKILL):
                with suppress(Exception):
                    made.add(of(self._generation.Skill.FromString(data)), row_id)
            return made
    return replace(recipe, index=Other)


def with_metadata(recipe, change):
    """Let change(metadata, identity) return the metadata of a push."""
    class Other(SkillController):
        def metadata(self, request, identity, current):
            return change(super().metadata(request, identity, current), identity)
    return replace(recipe, skills=Other)


def with_answered_error(change):
    """Let change(error) return the StatusError that a caller gets."""
    class Other(SkillEndpoint):
        def call(self, method, request):
            try:
                return super().call(method, request)
            except StatusError as error:
                raise change(error) from error
    return lambda recipe: in_place(recipe, Other)


def data_of(session, kind, row_id):
    """The data of a live row, in a list that is empty without one."""
    return [data for (data,) in session.rows(f"SELECT data {OF_ROW}", {"kind": kind, "id": row_id})]


def key_of(row):
    return {"kind": row.kind, "id": row.id}


def replaced(given):
    """Texts that can be stored in place of such that cannot."""
    return {name: it.encode("utf-8", "replace").decode() if isinstance(it, str) else it for name, it in given.items()}
