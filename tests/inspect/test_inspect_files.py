"""Which files can be looked into, in which state, and that nothing about them changes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.store.inspect import inspect
from pytest_stigmer.store.legacy import legacy_database, legacy_id
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.inspect.conftest import Ask, Told

TIE = ((0, "stable", "h1"), (0, "stable", "h2"))
NOBODY = 65534
INSERT = (
    "INSERT INTO resource_audit (kind, resource_id, data, archived_at, tag) "
    "VALUES ('skill', 'skl-1', x'', '2026-01-25 10:00:00', :tag)"
)


def test_a_healthy_file_is_as_the_real_server_makes_it(ask: Ask) -> None:
    """A fresh file of ours has no missing, other or extra table or index."""
    schema = ask().data["schema"]
    assert schema.pop("version") == 2
    assert schema.pop("is_known")
    assert not any(schema.values())


def test_the_size_is_that_of_the_file(audits: Callable[..., Path]) -> None:
    """In bytes, where no log waits to be written back."""
    path = audits(*TIE)
    assert inspect(path).size == path.stat().st_size


def test_missing_other_and_extra_indexes_are_named(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Indexes are compared by their columns, and a trigger is told too."""
    path = audits()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP INDEX idx_audit_hash; DROP INDEX idx_audit_tag;"
            "CREATE INDEX idx_audit_tag ON resource_audit (kind, tag);"
            "CREATE UNIQUE INDEX mine ON resources (updated_at DESC);"
            "CREATE TRIGGER watch AFTER DELETE ON resources BEGIN SELECT 1; END;"
        )
    told = inspected(path)
    assert told.code == 0
    for sentence in (
        "missing index: idx_audit_hash",
        "other index: idx_audit_tag is on (kind, tag), not on",
        "extra index: mine (updated_at DESC) UNIQUE",
        "extra table, view or trigger: watch",
    ):
        assert sentence in told.out


def test_columns_are_compared(audits: Callable[..., Path], inspected: Callable[..., Told]) -> None:
    """One more is told; a file that lacks one was written by no store."""
    path = audits()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE resource_audit ADD COLUMN note TEXT")
    told = inspected(path)
    assert told.code == 0
    assert "extra column: resource_audit.note" in told.out
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE resources RENAME COLUMN data TO payload")
    told = inspected(path)
    assert told.code == 2
    assert "is not a usable database: it has no column resources.data" in told.err


def test_a_schema_version_that_is_no_number_is_told(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """With the exit code of a file that cannot be judged, not of one with hazards."""
    path = audits()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE schema_version; CREATE TABLE schema_version (version TEXT);"
            "INSERT INTO schema_version VALUES ('two');"
        )
    told = inspected(path)
    assert told.code == 2
    assert "its schema version is 'two', no number" in told.err


def test_hazards_are_found_without_any_index(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """The answer does not need the indexes of the real schema."""
    path = audits(*TIE)
    with closing(sqlite3.connect(path)) as connection:
        for name in ("resource", "hash", "tag"):
            connection.execute(f"DROP INDEX idx_audit_{name}")
    assert inspected(path, "--json").data["tags_at_risk"]["total"] == 1


def test_records_without_a_live_resource_are_orphans(ask: Ask) -> None:
    """A deleted resource leaves its records; they are told with their number."""
    told = ask((0, "", "h1", "skl-9"), (1, "", "h2", "skl-9"))
    assert told.data["orphans"]["shown"] == [
        {"kind": "skill", "resource_id": "skl-9", "records": 2}
    ]


def test_snapshots_stored_as_live_rows_are_told(path: Path, inspected: Callable[..., Told]) -> None:
    """Ids of the form that releases before schema 2 gave to snapshots are listed, others not."""
    old = legacy_id("skl-1", 17)
    rows = [ResourceRow("skill", name, b"") for name in (old, "my-audit/report", "skl-1")]
    path.write_bytes(legacy_database(rows))
    told = inspected(path, "--json")
    assert told.data["legacy"] == {"total": 1, "shown": [{"kind": "skill", "id": old}]}
    assert (told.code, told.data["schema"]["version"]) == (0, 1)


def test_a_file_from_before_schema_versions_has_none(
    path: Path, inspected: Callable[..., Told]
) -> None:
    """A file without the table of versions is read like any other."""
    path.write_bytes(legacy_database([], versioned=False))
    assert "no schema version recorded" in inspected(path).out


def test_a_newer_schema_is_told_and_read(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """A version that is not known here is no reason not to look."""
    path = audits(*TIE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO schema_version (version) VALUES (7)")
    told = inspected(path)
    assert told.code == 1
    assert "schema version 7 (not known here)" in told.out


def test_text_that_is_not_valid_utf8_is_shown_escaped(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """A damaged tag or id keeps nobody from looking at the rest."""
    path = audits(*TIE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE resource_audit SET tag = CAST(x'ff41' AS TEXT)")
        connection.execute("UPDATE resource_audit SET resource_id = CAST(x'fe' AS TEXT)")
    (tag,) = inspected(path, "--json").data["tags_at_risk"]["shown"]
    assert (tag["tag"], tag["resource_id"], tag["newest"]["id"]) == (r"\xffA", r"\xfe", 2)


@pytest.mark.parametrize("name", ["a b.db", "what?.db", "50%25#1.db", "ü?mode=rw&x.db"])
def test_every_character_of_a_path_is_ordinary(
    tmp_path: Path, inspected: Callable[..., Told], name: str
) -> None:
    """Names with the signs of a URI are files like others."""
    SqliteStore(tmp_path / name).close()
    told = inspected(tmp_path / name, "--json")
    assert (told.code, told.data["path"]) == (0, str(tmp_path / name))
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_looking_changes_nothing(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Neither the file's bytes nor its folder are other than before."""
    path = audits(*TIE)
    before = path.read_bytes(), path.stat().st_mtime_ns
    inspected(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_an_uncommitted_record_is_not_seen(path: Path, inspected: Callable[..., Told]) -> None:
    """While another connection writes, what it has committed is read, and it need not wait."""
    with SqliteStore(path) as store:
        store.execute_many(INSERT, [{"tag": "a"}])
        with store.transaction():
            store.execute_many(INSERT, [{"tag": "a"}])
            assert inspected(path).code == 0
        assert inspected(path).code == 1


def test_a_writer_at_work_neither_waits_nor_disturbs(
    path: Path, inspected: Callable[..., Told]
) -> None:
    """Inspections during many commits each see one whole state, and no write fails."""
    done = threading.Event()
    with SqliteStore(path) as store:

        def write() -> None:
            for number in range(300):
                with store.transaction():
                    store.execute_many(INSERT, [{"tag": f"t{number}"}] * 2)
            done.set()

        writer = threading.Thread(target=write)
        writer.start()
        states = []
        while not done.is_set() or not states:
            told = inspected(path, "--json", "--limit", "1").data
            states.append((sum(k["audits"] for k in told["kinds"]), told["tags_at_risk"]["total"]))
        writer.join()
    assert all(records == 2 * tags for records, tags in states)


def test_a_log_left_by_a_killed_server_is_read_and_kept(
    path: Path, inspected: Callable[..., Told]
) -> None:
    """Commits that are only in the write-ahead log count, and the log stays for recovery."""
    copy = path.with_name("copy.db")
    with SqliteStore(path) as store:
        store.execute_many(INSERT, [{"tag": "a"}] * 2)
        # Plain copies are what a crash leaves; both are read before the store reads again.
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    log = copy.with_name("copy.db-wal")
    size = log.stat().st_size
    assert inspected(copy).code == 1
    assert log.stat().st_size == size > 0


@pytest.fixture
def sealed() -> Iterator[Path]:
    """Give a folder that everybody may read; the test forbids writing when its files are there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def _as_nobody(path: Path) -> str:
    """Inspect as a user who may not write; return how many histories are at risk, or the error."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setuid(NOBODY)
            answer = str(inspect(path).histories_at_risk)
        except BaseException as error:  # noqa: BLE001 - its name is the answer
            answer = f"{type(error).__name__}: {error}"
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as answered:
        return answered.read()


def test_a_closed_file_in_a_folder_that_cannot_be_written_is_read(
    audits: Callable[..., Path], sealed: Path
) -> None:
    """SQLite cannot make its side files there, and does not need them while nobody writes."""
    shutil.copy(audits(*TIE), sealed / "stigmer.db")
    sealed.chmod(0o555)
    assert _as_nobody(sealed / "stigmer.db") == "1"
    assert len(list(sealed.iterdir())) == 1


def test_a_file_in_use_in_a_folder_that_cannot_be_written_is_read(sealed: Path) -> None:
    """The server's own side files serve the reader, newest commit included."""
    path = sealed / "stigmer.db"
    with SqliteStore(path) as store:
        store.execute_many(INSERT, [{"tag": "a"}] * 2)
        for file in sealed.iterdir():
            file.chmod(0o444)
        sealed.chmod(0o555)
        assert _as_nobody(path) == "1"


def test_a_log_that_cannot_be_read_is_refused_and_not_ignored(sealed: Path) -> None:
    """Without its log the file would show an older state, so the error says what to do instead."""
    path = sealed / "stigmer.db"
    with SqliteStore(path) as store:
        store.execute_many(INSERT, [{"tag": "a"}] * 2)
        log = Path(f"{path}-wal").read_bytes()
    Path(f"{path}-wal").write_bytes(log)
    sealed.chmod(0o555)
    told = _as_nobody(path)
    assert told.startswith("NotReadable")
    assert "copy it, together with its -wal" in told


def test_a_file_that_is_no_database_is_refused(
    tmp_path: Path, inspected: Callable[..., Told]
) -> None:
    """Text, nothing, a folder and another program's database each get one line and exit code 2."""
    text, empty, other = (tmp_path / name for name in ("text", "empty", "other"))
    text.write_text("no database at all " * 100, encoding="utf-8")
    empty.touch()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE notes (x)")
    for path in (text, empty, other, tmp_path, tmp_path / "absent"):
        told = inspected(path)
        assert (told.code, told.out) == (2, "")
        assert str(path) in told.err
        assert len(told.err.splitlines()) == 1


def test_a_truncated_database_is_refused(
    audits: Callable[..., Path], inspected: Callable[..., Told]
) -> None:
    """Half a file is told to be damaged."""
    path = audits(*((n, "t", "h") for n in range(500)))
    os.truncate(path, path.stat().st_size // 2)
    told = inspected(path)
    assert told.code == 2
    assert "not a usable database" in told.err
