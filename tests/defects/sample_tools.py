"""What another distribution's defects are made of: the port of a `_tools.py` to today's names.

Forty-two defects that somebody else wrote take every name of theirs from such a file; when inner
names move, this is what follows. `test_public_extension.py` puts it in the place of the original.
"""
# ruff: noqa: F401 - the defects import all names by `*`
# ruff: noqa: ANN001, ANN003, ANN201, ANN202, D103 - as its authors wrote it

from __future__ import annotations

import re
import sqlite3
import threading
import time
import unicodedata
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

from pytest_stigmer.api import values
from pytest_stigmer.defects.change import (
    ARCHIVE,
    AUDIT_OF,
    with_migrations,
    with_queries,
    with_schema,
    with_store,
)
from pytest_stigmer.errors import (
    ArchiveError,
    AuditNotFound,
    ResourceNotFound,
    StatusError,
    StigmerError,
    StoreError,
    StoreLocked,
    UndecodableRow,
)
from pytest_stigmer.skills import archive as archive_rules
from pytest_stigmer.skills import artifact_storage as artifact_files
from pytest_stigmer.skills import refusals as _texts
from pytest_stigmer.skills.archive import ArchiveReader, cleaned_name
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact
from pytest_stigmer.skills.controller import SkillController, Stored, slug_of
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.frame import saying
from pytest_stigmer.skills.index import Identity, SlugIndex, Snapshot
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.migration import LegacyRow, Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import decode, encode, kind_text

SECOND = 1_000_000_000
refusals = SimpleNamespace(**vars(_texts), saying=saying)


def with_skills(recipe, cls):
    return replace(recipe, skills=cls)


def with_slug(recipe, function):
    class Renaming(SkillController):
        def slug(self, name):
            return function(name)

    return with_skills(recipe, Renaming)


def with_metadata(recipe, change):
    """Let `change(metadata, current)` return the metadata of an update."""

    class Other(SkillController):
        def metadata(self, request, identity, current):
            made = super().metadata(request, identity, current)
            return change(made, current)

    return with_skills(recipe, Other)


def with_stamp(recipe, change):
    class Other(SkillController):
        def stamp(self, now, before):
            return change(super().stamp, now, before)

    return with_skills(recipe, Other)


def with_archives(recipe, cls):
    return replace(recipe, archives=cls)


def with_artifacts(recipe, cls):
    return replace(recipe, artifacts=cls)


def with_references(recipe, cls):
    return replace(recipe, references=cls)


def with_index(recipe, cls):
    return replace(recipe, index=cls)


def with_endpoint(recipe, cls):
    return replace(recipe, endpoint=cls)


def with_values(recipe, change):
    """Give a store that changes each bound text value by `change(name, value)`."""

    class Changing(SqliteStore):
        def _changed(self, given):
            return {n: change(n, v) if isinstance(v, str) else v for n, v in given.items()}

        def _read(self, sql, kind, **given):
            return super()._read(sql, kind, **self._changed(given))

        def _write(self, sql, kind, **given):
            return super()._write(sql, kind, **self._changed(given))

    return with_store(recipe, Changing)
