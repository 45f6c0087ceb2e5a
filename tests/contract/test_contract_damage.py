"""A file that something outside has damaged gives clear errors or right answers, no wrong ones."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.assembly import assemble
from pytest_stigmer.errors import StatusError, StigmerError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.assembly import Parts
    from pytest_stigmer.store.sqlite import SqliteStore

    StateOf = Callable[[SqliteStore], dict[str, list[tuple[Any, ...]]]]
    Push = Callable[[Parts, str, str], Any]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_full_disk_undoes_the_push(
    populated: Callable[..., Parts], state_of: StateOf, push: Push
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


def acknowledged_texts(parts: Parts) -> list[str]:
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
        with assemble(copy, generation=api) as parts:
            left = acknowledged_texts(parts)[::-1]
        assert left == whole[: len(left)]
        lengths.add(len(left))
    assert {0, 20} <= lengths


def _write_and_die(path: Path, api: Generation) -> None:
    try:
        parts = assemble(path, generation=api)
        parts.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        parts.store.execute("PRAGMA wal_autocheckpoint=0")
        for number in range(20):
            message = api.Skill(spec=api.SkillSpec(skill_md=f"# {number}"))
            parts.store.save_audit("skill", "y", message)
        os.kill(os.getpid(), signal.SIGKILL)
    finally:
        os._exit(1)


def test_damaged_file_is_never_answered_wrongly(
    populated: Callable[..., Parts], tmp_path: Path, api: Generation
) -> None:
    """Whichever page of a file loses its head, answers are as before or errors that say why."""
    parts = populated()
    path = parts.store.path
    expected = _answers(parts)
    parts.close()
    image = path.read_bytes()
    errors = 0
    for page in range(len(image) // 4096):
        damaged = bytearray(image)
        damaged[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
        copy = tmp_path / f"damaged-{page}.db"
        copy.write_bytes(damaged)
        errors += _errors(copy, expected, api)
    assert errors > 0


def _errors(path: Path, expected: dict[str, Any], api: Generation) -> int:
    try:
        parts = assemble(path, generation=api)
    except StoreError:
        return 1
    with closing(parts):
        found = _answers(parts)
    wrong = {key for key in expected if found[key] not in (expected[key], "error")}
    assert not wrong, f"{path.name}: {wrong}"
    return sum(answer == "error" for answer in found.values())


def _answers(parts: Parts) -> dict[str, Any]:
    api, found = parts.generation, {}
    calls: dict[str, Callable[[], Any]] = {
        "history": lambda: parts.store.list_audit_history("skill", "x"),
        "live": lambda: parts.store.list_resources("skill"),
        "record": lambda: parts.store.get_resource("skill", "x", api.Skill).SerializeToString(),
        "tag": lambda: parts.store.get_audit_by_tag(
            "skill", "x", "v1", api.Skill
        ).SerializeToString(),
        "calc": lambda: (
            parts.client()
            .get_by_reference(api.ApiResourceReference(slug="calc"))
            .SerializeToString()
        ),
    }
    for name, call in calls.items():
        try:
            found[name] = call()
        except StigmerError:
            found[name] = "error"
    return found


def test_deleted_file_is_a_new_registry_when_it_is_opened_again(
    populated: Callable[..., Parts], api: Generation, state_of: StateOf, push: Push
) -> None:
    """Whoever has it open goes on answering rightly; whoever opens it again finds it empty."""
    parts = populated()
    expected = state_of(parts.store)
    parts.store.path.unlink()
    assert state_of(parts.store) == expected
    with assemble(parts.store.path, generation=api) as again:
        left = state_of(again.store)
        assert left == {"resources": [], "resource_audit": [], "integrity": [("ok",)]}
        push(again, "New", "# new")
    parts.close()
    with assemble(parts.store.path, generation=api) as once_more:
        assert len(once_more.store.list_resources("skill")) == 1
