"""Putting a registry together: the parts share file and clock, and a recipe can replace each."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import Generation, load
from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.assembly import REFERENCE, assemble, assemble_on, open_store

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("google.protobuf", "protovalidate", "freezegun", "faker", "grpc", "yaml", "jsonschema")


@pytest.fixture
def api() -> Generation:
    """Give the message classes of the bundled generation."""
    return load("bundled")


def request(api: Generation) -> Any:
    """Return a valid push."""
    return api.PushSkillRequest(name="Calc", artifact=artifact())


def test_a_registry_answers_and_keeps_what_was_pushed(tmp_path: Path, api: Generation) -> None:
    """Opened again, it finds record and artifact."""
    with assemble(tmp_path / "stigmer.db", generation=api) as parts:
        pushed = parts.client().push(request(api))
    with assemble(tmp_path / "stigmer.db", generation=api) as parts:
        assert parts.client().get(api.SkillId(value=pushed.metadata.id)) == pushed
        assert parts.skills.get_artifact(pushed.status.artifact_storage_key) == artifact()


def test_artifacts_lie_beside_the_database_unless_told_otherwise(
    tmp_path: Path, api: Generation
) -> None:
    """Two databases in one folder never share them."""
    path = tmp_path / "stigmer.db"
    with assemble(path, generation=api) as one, assemble_on(one.store, artifacts_root="x") as two:
        assert one.artifacts.root == tmp_path / "stigmer.db.artifacts"
        assert str(two.artifacts.root) == "x"


def test_a_new_registry_makes_one_file_and_no_folder(tmp_path: Path, api: Generation) -> None:
    """The artifacts' folder comes with the first push, side files go with the connection."""
    assemble(tmp_path / "stigmer.db", generation=api).close()
    assert [path.name for path in tmp_path.iterdir()] == ["stigmer.db"]


def test_a_registry_follows_a_clock_that_is_frozen_later(tmp_path: Path, api: Generation) -> None:
    """Ids, stamps and rows are of one instant."""
    with (
        assemble(tmp_path / "stigmer.db", generation=api) as parts,
        FrozenClock("2026-01-25T10:00:00.100Z"),
    ):
        skill = parts.client().push(request(api))
        (archived_at,) = parts.store.connection.execute(
            "SELECT archived_at FROM resource_audit"
        ).fetchone()
    stamp = skill.status.audit.spec_audit.created_at
    assert (stamp.seconds, stamp.nanos) == (1_769_335_200, 100_000_000)
    assert archived_at == "2026-01-25 10:00:00"


@pytest.mark.parametrize("part", [field.name for field in fields(REFERENCE)])
def test_every_part_of_a_recipe_can_be_replaced(part: str, tmp_path: Path, api: Generation) -> None:
    """The constructor in its place is called, and the registry works with what it makes."""
    made = []
    healthy = getattr(REFERENCE, part)

    def recorded(*arguments: Any, **options: Any) -> Any:
        made.append(part)
        return healthy(*arguments, **options)

    recipe = replace(REFERENCE, **{part: recorded})
    store = open_store(tmp_path / "stigmer.db", recipe=recipe, is_ours_alone=True)
    with assemble_on(store, recipe=recipe, generation=api) as parts:
        parts.client().push(request(api))
    assert made == [part]


def test_a_recipe_without_fresh_files_lets_the_store_make_its_own(
    tmp_path: Path, api: Generation
) -> None:
    """As one with another schema must."""
    recipe = replace(REFERENCE, fresh_file=None)
    store = open_store(tmp_path / "stigmer.db", recipe=recipe, is_ours_alone=True)
    with assemble_on(store, recipe=recipe, generation=api) as parts:
        assert parts.client().push(request(api)).metadata.slug == "calc"


def test_registries_of_one_fresh_path_open_at_once(tmp_path: Path, api: Generation) -> None:
    """Whoever comes second waits for the first to make the file, and both work on it."""
    script = (
        "import sys\n"
        "from pytest_stigmer.registry.assembly import assemble\n"
        "sys.stdin.read()\n"
        "for turn in range(20):\n"
        "    assemble(f'{sys.argv[1]}/{turn}.db').close()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    runs = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for run in runs:
        assert run.stdin is not None
        run.stdin.close()
    assert [run.wait(timeout=60) for run in runs] == [0] * 3
    with assemble(tmp_path / "0.db", generation=api) as parts:
        assert parts.store.list_resources("skill") == []


def test_an_old_file_is_migrated_with_hash_and_tag(tmp_path: Path, api: Generation) -> None:
    """Versions that schema v1 kept among the live rows are found by both."""
    skill = api.Skill(
        metadata={"id": "skl-1", "slug": "calc"},
        spec={"skill_md": "# old", "tag": "v1"},
        status={"version_hash": "1" * 64},
    )
    with open_store(tmp_path / "old.db", schema=1) as store:
        store.save_resource("skill", "skill_audit/skl-1/1706000000000000000", skill)
        store.save_resource("skill", "skl-1", skill)
    with assemble(tmp_path / "old.db", generation=api) as parts:
        assert parts.store.get_audit_by_tag("skill", "skl-1", "v1", api.Skill) == skill
        assert parts.store.get_audit_by_hash("skill", "skl-1", "1" * 64, api.Skill) == skill


def test_opening_a_store_loads_no_message_library(tmp_path: Path) -> None:
    """Tests that use the store alone pay for nothing else."""
    script = (
        "import sys\n"
        "from pytest_stigmer.registry.assembly import open_store\n"
        "open_store(sys.argv[1]).close()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "stigmer.db")],
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout == "[]\n"
