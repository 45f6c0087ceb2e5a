"""One registry: its parts share file and clock, a recipe can replace each, and it has a life."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.errors import NotADatabase, StoreClosed
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.store.sqlite import SqliteStore

HEAVY = ("google.protobuf", "protovalidate", "freezegun", "faker", "grpc", "yaml", "jsonschema")


def request(api: Generation) -> Any:
    """Return a valid push."""
    return api.PushSkillRequest(name="Calc", artifact=artifact())


def test_nothing_is_opened_before_it_is_asked_for(tmp_path: Path) -> None:
    """A registry that no test uses leaves no file."""
    Registry(tmp_path / "stigmer.db", new=True).close()
    assert list(tmp_path.iterdir()) == []


def test_a_new_registry_makes_one_file_and_no_folder(tmp_path: Path, api: Generation) -> None:
    """The artifacts' folder comes with the first push, side files go with the connection."""
    Registry(tmp_path / "stigmer.db", generation=api).open().close()
    assert [path.name for path in tmp_path.iterdir()] == ["stigmer.db"]


def test_a_registry_follows_a_clock_that_is_frozen_later(tmp_path: Path, api: Generation) -> None:
    """Ids, stamps and rows are of one instant."""
    with (
        Registry(tmp_path / "stigmer.db", generation=api) as registry,
        FrozenClock("2026-01-25T10:00:00.100Z"),
    ):
        skill = registry.client().push(request(api))
        (archived_at,) = registry.store.connection.execute(
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
    with Registry(tmp_path / "stigmer.db", recipe=recipe, generation=api, new=True) as registry:
        registry.client().push(request(api))
    assert made == [part]


def test_a_recipe_without_fresh_files_lets_the_store_make_its_own(
    tmp_path: Path, api: Generation
) -> None:
    """As one with another schema must."""
    recipe = replace(REFERENCE, fresh_file=None)
    with Registry(tmp_path / "stigmer.db", recipe=recipe, generation=api, new=True) as registry:
        assert registry.client().push(request(api)).metadata.slug == "calc"


def test_opening_a_store_loads_no_message_library(tmp_path: Path) -> None:
    """Tests that use the store alone pay for nothing else."""
    script = (
        "import sys\n"
        "from pytest_stigmer.registry.registry import Registry\n"
        "Registry(sys.argv[1]).open().close()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "stigmer.db")],
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout == "[]\n"


def pushed(registry: Registry, name: str) -> str:
    """Push a skill of this name and return its id."""
    api = registry.generation
    given = api.PushSkillRequest(name=name, artifact=artifact(skill_md=f"# {name}"))
    return str(registry.client().push(given).metadata.id)


def holds(registry: Registry) -> tuple[list[str], list[str]]:
    """Return the ids of the live records and the keys of the artifacts."""
    ids = [name for name, _ in registry.store.resource_rows("skill")]
    return ids, list(registry.files.artifact_contents())


@pytest.fixture
def registry(tmp_path: Path, api: Generation) -> Iterator[Registry]:
    """Give an open registry that holds one skill."""
    with Registry(tmp_path / "stigmer.db", generation=api, new=True) as opened:
        pushed(opened, "Calc")
        yield opened


def test_reopened_registry_has_what_it_had_and_new_parts(registry: Registry) -> None:
    """Nothing of the closed store is left in the parts over it."""
    before, store, endpoint = holds(registry), registry.store, registry.endpoint
    registry.reopen()
    assert holds(registry) == before
    assert registry.store is not store
    assert registry.endpoint is not endpoint
    assert registry.skills.store is registry.store


def test_closed_registry_stays_closed(registry: Registry) -> None:
    """Asking for its store does not open it again unseen."""
    registry.close()
    with pytest.raises(StoreClosed):
        registry.store.list_resources("skill")


def test_registry_beside_sees_and_is_seen(registry: Registry) -> None:
    """Two registries of one file, as two processes have them, share records and artifacts."""
    with registry.beside() as other:
        assert other.store is not registry.store
        assert holds(other) == holds(registry)
        pushed(other, "Other")
        assert holds(other) == holds(registry)
        assert len(holds(registry)[0]) == 2


def test_copy_brings_back_records_and_artifacts(registry: Registry) -> None:
    """Whatever happened since the copy is gone, and nothing is left beside the database."""
    before, copy = holds(registry), registry.files.beside(".copy")
    registry.files.copy_to(copy)
    pushed(registry, "Other")
    registry.restore(copy)
    assert holds(registry) == before
    copy.delete()
    left = {registry.path, registry.files.artifacts}
    assert {path for path in registry.path.parent.iterdir() if "-" not in path.name} == left


def test_a_half_written_artifact_is_not_copied(registry: Registry) -> None:
    """The temporary file of a push under way is in no copy; the artifacts beside it are."""
    before, copy = registry.files.artifact_contents(), registry.files.beside(".copy")
    registry.files.write_artifact("skills/tmpabcdef12", b"PK")
    registry.files.copy_to(copy)
    assert copy.artifact_contents() == before


def test_a_link_among_the_artifacts_is_neither_copied_nor_followed(registry: Registry) -> None:
    """It may lead to the database, which nobody may open a second time."""
    registry.files.link_artifact("skills/link.zip", str(registry.path))
    copy = registry.files.beside(".copy")
    registry.files.copy_to(copy)
    assert copy.artifact_contents() == registry.files.artifact_contents()
    assert "skills/link.zip" not in copy.artifact_contents()
    registry.files.write_artifact("skills/link.zip", b"junk")
    assert registry.path.stat().st_size > len(b"junk")


def test_copy_that_cannot_be_read_changes_nothing(registry: Registry) -> None:
    """Records and artifacts stay, and nothing is left beside the database."""
    before, copy = holds(registry), registry.files.beside(".copy")
    copy.database.write_bytes(b"no database" * 100)
    with pytest.raises(NotADatabase):
        registry.restore(copy)
    assert holds(registry) == before
    assert not registry.files.beside(".incoming").exist


def test_copy_that_fails_leaves_nothing(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Artifacts that cannot be copied take the copied database with them."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    copy = registry.files.beside(".copy")
    with pytest.raises(OSError, match="No space left"):
        registry.files.copy_to(copy)
    assert not copy.exist


def test_replaced_registry_goes_on_with_other_rows_and_artifacts(
    registry: Registry, tmp_path: Path
) -> None:
    """As after a crash: exactly what is given is there."""
    with Registry(tmp_path / "other.db", generation=registry.generation) as other:
        pushed(other, "Other")
        wanted, contents = holds(other), other.files.artifact_contents()
    registry.replace(other.path.read_bytes(), contents)
    assert holds(registry) == wanted


def test_reset_registry_is_empty_and_works(registry: Registry) -> None:
    """Records and artifacts are gone, and the next push goes through."""
    registry.reset()
    assert holds(registry) == ([], [])
    assert pushed(registry, "Calc")


def test_reset_registry_is_made_as_it_was_at_first(tmp_path: Path) -> None:
    """Whatever statements its new file had run are run again."""
    ddl = ("CREATE TABLE mine (x)",)
    with Registry(tmp_path / "stigmer.db", new=True, ddl=ddl) as registry:
        registry.reset()
        assert registry.store.execute("SELECT * FROM mine") == []


def test_deleted_registry_leaves_no_file(registry: Registry) -> None:
    """Database, side files and artifacts are gone; a second time nothing happens."""
    registry.delete()
    registry.delete()
    assert list(registry.path.parent.iterdir()) == []


def test_store_that_cannot_be_prepared_is_closed(tmp_path: Path) -> None:
    """What looks at a store that was just opened may refuse it."""
    opened = []

    def refuse(store: SqliteStore) -> SqliteStore:
        opened.append(store)
        raise LookupError

    with pytest.raises(LookupError):
        Registry(tmp_path / "stigmer.db", on_open=refuse).open()
    with pytest.raises(StoreClosed):
        opened[0].list_resources("skill")
