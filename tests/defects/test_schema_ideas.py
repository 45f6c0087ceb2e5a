"""What a foreign key from snapshots to records would do: the facts behind scenarios/README.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.defects.change import UPSERT, foreign_key, with_queries, with_schema
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.model import SUFFIX
from pytest_stigmer.scenario.shipped import scenario_folder, shipped_scenarios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from google.protobuf.message import Message

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.sqlite import SqliteStore

# What the write-up recommends: checked at commit, saved in place, deleted with the parent.
CANDIDATE = "CASCADE"
DECISIONS_OF_V2 = {
    "flows/record_and_history_apart",
    "lifecycle/bulk_delete_keeps_history",
    "lifecycle/delete_keeps_history",
    "lifecycle/full_pages",
    "migration/thousand_versions",
    "migration/versions_that_lack_a_part",
    "opening/tables_of_a_file",
    "schema/archive_before_save",
    "schema/orphans_survive_the_upgrade",
}
"""The scenarios that state what schema v2 does and a schema with the key would not."""


@pytest.fixture
def candidate(reference: Recipe) -> Recipe:
    """Give the registry that the write-up recommends."""
    return with_queries(with_schema(reference, *foreign_key(CANDIDATE)), save_resource=UPSERT)


@pytest.fixture
def store(candidate: Recipe, tmp_path: Path) -> Iterator[SqliteStore]:
    """Give a store of the candidate with one record and one snapshot."""
    with Registry(tmp_path / "candidate.db", recipe=candidate) as parts:
        parts.store.save_resource("skill", "skl-1", message())
        parts.store.save_audit("skill", "skl-1", message())
        yield parts.store


def message() -> Message:
    """Return any message."""
    made: Message = load("bundled").Skill()
    return made


def test_the_candidate_breaks_only_the_decisions_of_v2(
    candidate: Recipe, status_on: Callable[[Recipe, Path], str]
) -> None:
    """With the recommended key all other scenarios, those of the skill API included, stay green."""
    red = {
        path.relative_to(scenario_folder()).as_posix().removesuffix(SUFFIX)
        for path in shipped_scenarios()
        if status_on(candidate, path) != "passed"
    }
    assert red == DECISIONS_OF_V2


def test_a_connection_without_the_pragma_knows_no_key(store: SqliteStore) -> None:
    """foreign_keys holds per connection: on any other of a pool, deletions leave orphans."""
    store.execute("PRAGMA foreign_keys=OFF")
    store.delete_resource("skill", "skl-1")
    assert len(store.list_audit_history("skill", "skl-1")) == 1


def test_the_write_up_names_what_the_proof_shows() -> None:
    """In each row of its table the scenarios claim the defect, and nothing is named in vain."""
    write_up = (scenario_folder() / "README.md").read_text(encoding="utf-8")
    places = set(re.findall(r"`([a-z]+/[a-z_0-9]+)`", write_up))
    named = {name for name in places if (scenario_folder() / f"{name}{SUFFIX}").exists()}
    assert named >= DECISIONS_OF_V2
    claims = {name: load_scenario(scenario_folder() / f"{name}{SUFFIX}").detects for name in named}
    rows = re.findall(r"^\|.*\| `([a-z-]+)` \| (.*) \|$", write_up, re.MULTILINE)
    assert len(rows) == 4
    for defect, scenarios in rows:
        for name in re.findall(r"`(.+?)`", scenarios):
            assert defect in claims[name], name
