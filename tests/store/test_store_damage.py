"""A file that is damaged gets a name, when it is opened and when a call meets the damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import NotADatabase
from pytest_stigmer.store.inspect import inspect
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

BEYOND_UTF8 = "UPDATE sqlite_master SET name = CAST(x'ff' AS TEXT), sql = 'CREATE' WHERE name = "


def _damage_schema(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA writable_schema=ON")
        other.execute(f"{BEYOND_UTF8}'idx_audit_tag'")
        other.execute("PRAGMA schema_version=99")


def test_schema_that_is_not_utf8_is_named_at_opening(path: Path) -> None:
    """SQLite's words about the file are told although they are no text, and not as a raw error."""
    SqliteStore(path).close()
    _damage_schema(path)
    with pytest.raises(NotADatabase, match=r"malformed database schema \(\\xff\)"):
        SqliteStore(path)


def test_schema_that_is_not_utf8_is_named_by_a_verb(store: SqliteStore) -> None:
    """The same damage, done while the store is open, is named by the next call and transaction."""
    _damage_schema(store.path)
    with pytest.raises(NotADatabase, match=r"malformed database schema \(\\xff\)"):
        store.list_resources("skill")
    with pytest.raises(NotADatabase), store.transaction():
        store.delete_resource("skill", "a")


@pytest.fixture
def emptied(path: Path, request: pytest.FixtureRequest) -> Path:
    """Give a file in which the page of a table or an index says that it holds nothing."""
    with SqliteStore(path) as store:
        store.save_resource("skill", "a", StringValue(value="1"))
        store.save_audit("skill", "a", StringValue(value="1"), tag="v1")
        query = "SELECT rootpage FROM sqlite_master WHERE name = :name"
        ((page,),) = store.execute(query, {"name": request.param})
    image = bytearray(path.read_bytes())
    cells = (page - 1) * 4096 + 3
    image[cells : cells + 4] = bytes(4)
    path.write_bytes(image)
    return path


PLACES = ("resources", "resource_audit", "idx_audit_resource", "idx_audit_tag")


@pytest.mark.parametrize("emptied", PLACES, indirect=True)
def test_page_that_lost_its_rows_is_named_at_opening(emptied: Path) -> None:
    """A table or an index that SQLite would take for empty is refused, not answered from."""
    with pytest.raises(NotADatabase, match="is not a usable database"):
        SqliteStore(emptied)


@pytest.mark.parametrize("emptied", PLACES, indirect=True)
def test_page_that_lost_its_rows_is_named_by_an_inspection(emptied: Path) -> None:
    """An inspection of such a file tells the damage instead of facts that would be wrong."""
    with pytest.raises(NotADatabase, match="is not a usable database"):
        inspect(emptied)
