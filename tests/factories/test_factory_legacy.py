"""Legacy databases: files whose snapshots are live rows, as the store migrates them."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.factories.legacy_rows import INNOCENT_IDS, MALFORMED_IDS, UNDECODABLE_ID
from pytest_stigmer.store.sqlite import SqliteStore


@contextmanager
def migrated(path: Path, data: bytes, generation: Generation) -> Iterator[SqliteStore]:
    """Write the bytes and open them as a store of the newest schema."""
    path.write_bytes(data)
    with SqliteStore(path, decoder=generation.codec.legacy) as store:
        yield store


def rows(data: bytes, sql: str) -> list[tuple[object, ...]]:
    """Return what a query finds in the bytes of a database."""
    with closing(sqlite3.connect(":memory:")) as connection:
        # A file in WAL mode cannot be deserialised; bytes 18 and 19 say which mode it is.
        connection.deserialize(data[:18] + b"\x01\x01" + data[20:])
        return connection.execute(sql).fetchall()


def ids(data: bytes) -> list[str]:
    """Return the ids of all live rows."""
    return [str(row[0]) for row in rows(data, "SELECT id FROM resources ORDER BY id")]


def test_snapshots_are_live_rows_with_a_prefix(factory: Factory) -> None:
    """Each version is a row `skill_audit/<id>/<nanoseconds>` beside the skill itself."""
    *audit, live = ids(factory.legacy_database(resources=["skl-1"], versions=2))
    assert live == "skl-1"
    assert all(re.fullmatch(r"skill_audit/skl-1/17693352\d{11}", row_id) for row_id in audit)
    assert len(audit) == 2


def test_versions_of_one_instant_have_ids_of_their_own(factory: Factory) -> None:
    """No snapshot replaces another, even without time between them."""
    assert len(ids(factory.legacy_database(versions=5, spacing="0ms"))) == 6


def test_the_file_has_schema_version_1(factory: Factory) -> None:
    """One version row, at the history's start."""
    data = factory.legacy_database()
    found = rows(data, "SELECT version, applied_at FROM schema_version")
    assert found == [(1, "2026-01-25 10:00:00")]


def test_an_unversioned_file_has_the_live_table_only(factory: Factory) -> None:
    """The release before schema versions recorded none."""
    data = factory.legacy_database(versioned=False)
    found = rows(data, "SELECT name FROM sqlite_master WHERE type = 'table'")
    assert found == [("resources",)]


def test_odd_rows_are_there_on_request_only(factory: Factory) -> None:
    """Malformed, innocent and undecodable rows come when asked for."""
    plain = set(ids(factory.legacy_database(versions=0, resources=["skl-1"])))
    odd = set(
        ids(
            factory.legacy_database(
                versions=0, resources=["skl-1"], malformed=True, innocent=True, undecodable=True
            )
        )
    )
    assert plain == set()
    (snapshot,) = odd - set(MALFORMED_IDS) - set(INNOCENT_IDS)
    assert snapshot.startswith(f"skill_audit/{UNDECODABLE_ID}/")


@pytest.mark.parametrize("versioned", [True, False])
def test_a_migrated_legacy_file_answers_by_tag(
    factory: Factory, generation: Generation, tmp_path: Path, *, versioned: bool
) -> None:
    """Snapshots become audit records that tags and hashes find."""
    data = factory.legacy_database(
        resources=["a/b"],
        tags=["v1", "v2"],
        skill_md=["# one", "# two"],
        versions=2,
        versioned=versioned,
    )
    with migrated(tmp_path / "old.db", data, generation) as store:
        assert len(store.list_audit_history("skill", "a/b")) == 2
        found = store.get_audit_by_tag("skill", "a/b", "v1", generation.Skill)
        assert found.spec.skill_md == "# one"


def test_equal_arguments_give_equal_files(factory: Factory, generation: Generation) -> None:
    """No clock and no random number shows in the bytes."""
    again = Factory(7, "test", generation)
    assert again.legacy_database(malformed=True) == factory.legacy_database(malformed=True)


def test_an_unknown_field_is_a_type_error_with_the_nearest(factory: Factory) -> None:
    """A misspelt keyword is answered with the field that was meant."""
    with pytest.raises(TypeError, match="'malform'; did you mean 'malformed'"):
        factory.legacy_database(malform=True)  # type: ignore[call-arg]
