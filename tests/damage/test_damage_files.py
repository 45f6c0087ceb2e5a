"""A file that something outside has damaged gives clear errors or right answers, no wrong ones."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing, suppress
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from tests.damage.death import lost_artifacts

from pytest_stigmer.errors import NewerSchema, StatusError, StigmerError, StoreError
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.faults import replace_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.store.sqlite import SqliteStore

    StateOf = Callable[[SqliteStore], dict[str, list[tuple[Any, ...]]]]
    Push = Callable[[Registry, str, str], Any]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


PAGE = 4096
HEAD = 16
FIVES, ZEROS, LETTER = b"\xa5" * 8, bytes(8), b"a"


def test_full_disk_undoes_the_push(
    populated: Callable[..., Registry], state_of: StateOf, push: Push
) -> None:
    """A push for which there is no room is refused by name, leaves nothing, and can be repeated."""
    parts = populated()
    before = state_of(parts.store)
    ((pages,),) = parts.store.execute("PRAGMA page_count")
    parts.store.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StatusError, match="cannot grow") as refused:
        push(parts, "Big", "# " + "x" * 100_000)
    assert refused.value.code == "RESOURCE_EXHAUSTED"
    assert state_of(parts.store) == before
    parts.store.execute("PRAGMA max_page_count=100000")
    assert push(parts, "Big", "# " + "x" * 100_000).spec.skill_md.endswith("x")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that is a file system of 1 MiB; skip the test where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_file_system_undoes_the_push(
    small_disk: Path, api: Generation, state_of: StateOf, push: Push
) -> None:
    """However little room is left, a push is refused by name and leaves no row and no artifact.

    With room again, the same push goes through.
    """
    refusals = Counter()
    with Registry(small_disk / "stigmer.db", generation=api) as parts:
        push(parts, "Calc", "# one")
        artifacts = parts.files.artifact_contents
        for pages in range(40):
            before = state_of(parts.store), artifacts()
            _fill(small_disk / "ballast", but=pages * PAGE)
            text = f"# {pages} {'x' * 20_000}"
            try:
                push(parts, "Big", text)
            except StatusError as error:
                refusals[error.code] += 1
                assert (state_of(parts.store), artifacts()) == before
            else:
                break
            finally:
                (small_disk / "ballast").unlink()
        assert push(parts, "Big", text).spec.skill_md == text
        assert lost_artifacts(parts) == []
    assert set(refusals) == {"INTERNAL", "RESOURCE_EXHAUSTED"}, refusals


def _fill(ballast: Path, *, but: int) -> None:
    """Take all the room of a file system but so many bytes."""
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(PAGE))
        file.truncate(file.tell() - but)


def acknowledged_texts(parts: Registry) -> list[str]:
    """Return the SKILL.md of the snapshots of `y`, newest first."""
    api = parts.generation
    listed = parts.store.list_audit_history("skill", "y")
    return [api.Skill.FromString(data).spec.skill_md for data in listed]


def test_truncated_wal_leaves_a_beginning_of_the_history(tmp_path: Path, api: Generation) -> None:
    """However much of the WAL is lost, what is left is a whole beginning of what was written."""
    path = tmp_path / "stigmer.db"
    child = os.fork()
    if child == 0:
        _write_and_die(path, api)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    wal = path.with_name("stigmer.db-wal").read_bytes()
    whole = [f"# {number}" for number in range(20)]
    lengths = set()
    for length in [*range(0, len(wal), 4096 * 3 + 1000), len(wal)]:
        copy = tmp_path / f"{length}.db"
        copy.write_bytes(path.read_bytes())
        copy.with_name(f"{length}.db-wal").write_bytes(wal[:length])
        with Registry(copy, generation=api) as parts:
            left = acknowledged_texts(parts)[::-1]
        assert left == whole[: len(left)]
        lengths.add(len(left))
    assert {0, 20} <= lengths


def _write_and_die(path: Path, api: Generation) -> None:
    try:
        parts = Registry(path, generation=api)
        parts.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        parts.store.execute("PRAGMA wal_autocheckpoint=0")
        for number in range(20):
            message = api.Skill(spec=api.SkillSpec(skill_md=f"# {number}"))
            parts.store.save_audit("skill", "y", message)
        os.kill(os.getpid(), signal.SIGKILL)
    finally:
        os._exit(1)


def test_damaged_page_is_never_answered_wrongly(
    populated: Callable[..., Registry], api: Generation
) -> None:
    """Damage to a page is refused or harms nothing but a record's message or the schema's text.

    Which records there are, and their ids, hashes, tags and order, is right or DATA_LOSS. SQLite
    has no checksums: other bytes of a message, and of the schema, can be valid ones too.
    """
    damaged = DamagedFile(populated(), api)
    places = {*range(0, len(damaged.image), 67)}
    places |= {at for at in range(len(damaged.image)) if at % PAGE < HEAD}
    verdicts = damaged.verdicts(sorted(places), [FIVES, ZEROS])
    assert min(verdicts[each] for each in ("right", "refused", "message")) > 10, verdicts


@pytest.mark.soak
def test_damage_at_any_byte_is_never_answered_wrongly(
    populated: Callable[..., Registry], api: Generation
) -> None:
    """The same holds for damage of several shapes at every byte of the file."""
    damaged = DamagedFile(populated(), api)
    verdicts = damaged.verdicts(range(len(damaged.image)), [FIVES, ZEROS, LETTER])
    assert min(verdicts[each] for each in ("right", "refused", "message")) > 100, verdicts


class DamagedFile:
    """A registry's file, put back with other bytes somewhere, and what is asked of it then."""

    def __init__(self, parts: Registry, api: Generation) -> None:
        for number in range(3):
            message = api.Skill(spec=api.SkillSpec(skill_md=f"# {number}"))
            parts.store.save_audit("skill", "x", message, version_hash="2" * 64, tag=f"v{number}")
        self.path, self.api = parts.store.path, api
        self.expected = _answers(parts)
        parts.close()
        self.image = self.path.read_bytes()
        self.schema = self._schema()

    def verdicts(self, places: Iterable[int], patterns: list[bytes]) -> Counter[str]:
        """Damage the file in each place with each pattern; return how many answers were what."""
        found: Counter[str] = Counter()
        for at, pattern in product(places, patterns):
            image = bytearray(self.image)
            image[at : at + len(pattern)] = pattern
            replace_database(self.path, bytes(image[: len(self.image)]))
            found[self._verdict(f"{pattern!r} at {at}")] += 1
        return found

    def _verdict(self, damage: str) -> str:
        try:
            with Registry(self.path, generation=self.api) as parts:
                found = _answers(parts)
        except NewerSchema:
            return "refused"
        except StoreError as error:
            found = {"opening": error.code}
        if set(found.values()) == {DAMAGED}:
            return "refused"
        wrong = {name for name in found if found[name] not in (self.expected.get(name), DAMAGED)}
        if wrong and self._schema() != self.schema:
            return "schema"
        changed = {name for name in LISTINGS & wrong if self._is_changed(name, found[name])}
        explained = changed.union(*(WITHIN[name] for name in changed))
        errors = {name for name in wrong - {"slug"} if isinstance(found[name], str)}
        assert wrong <= explained - errors, f"{damage}: {[(name, found[name]) for name in wrong]}"
        return "message" if wrong else "right"

    def _is_changed(self, name: str, listed: Any) -> bool:
        """Tell whether a listing has one other message, and the rest in its place."""
        expected = self.expected[name]
        pairs = zip(listed, expected, strict=False)
        return len(listed) == len(expected) and sum(a != b for a, b in pairs) == 1

    def _schema(self) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.text_factory = bytes
            return connection.execute("SELECT * FROM sqlite_master").fetchall()


DAMAGED = "DATA_LOSS"
LISTINGS = {"live", "history"}
WITHIN = {"live": {"record", "slug"}, "history": {"tag", "hash"}}
"""Which answers come from a message that a listing shows too."""


def _answers(parts: Registry) -> dict[str, Any]:
    """Ask a registry everything; an error answers with its code."""
    api, store, found = parts.generation, parts.store, {}
    calls: dict[str, Callable[[], Any]] = {
        "history": lambda: tuple(store.list_audit_history("skill", "x")),
        "live": lambda: tuple(store.list_resources("skill")),
        "record": lambda: store.get_resource("skill", "x", api.Skill).SerializeToString(),
        "tag": lambda: store.get_audit_by_tag("skill", "x", "v1", api.Skill).SerializeToString(),
        "hash": lambda: store.get_audit_by_hash(
            "skill", "x", "2" * 64, api.Skill
        ).SerializeToString(),
        "slug": lambda: (
            parts.client()
            .get_by_reference(api.ApiResourceReference(slug="calc"))
            .SerializeToString()
        ),
    }
    for name, call in calls.items():
        try:
            found[name] = call()
        except StigmerError as error:
            found[name] = error.code
    return found


def test_deleted_file_is_a_new_registry_when_it_is_opened_again(
    populated: Callable[..., Registry], api: Generation, state_of: StateOf, push: Push
) -> None:
    """Whoever has it open goes on answering rightly; whoever opens it again finds it empty."""
    parts = populated()
    expected = state_of(parts.store)
    parts.store.path.unlink()
    assert state_of(parts.store) == expected
    with Registry(parts.store.path, generation=api) as again:
        left = state_of(again.store)
        assert left == {"resources": [], "resource_audit": [], "integrity": [("ok",)]}
        push(again, "New", "# new")
    parts.close()
    with Registry(parts.store.path, generation=api) as once_more:
        assert len(once_more.store.list_resources("skill")) == 1
