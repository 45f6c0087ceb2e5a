"""Each condition turns a scenario red for a defect that its plain run cannot show."""
# ruff: noqa: D102 - the classes say what their methods do wrong

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.conditions.choice import CONDITIONS, MIXTURES
from pytest_stigmer.defects.catalogue import recipe_with
from pytest_stigmer.defects.change import with_migrations, with_queries, with_store
from pytest_stigmer.errors import ResourceNotFound
from pytest_stigmer.registry.assembly import REFERENCE, Recipe
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from tests.conditions.conftest import Run

SECOND = 1_000_000_000
SAVED = """steps:
  - save_resource: {id: skl-1, message: {spec.skill_md: "# one"}}
  - get_resource: {id: skl-1}
    returns: {spec.skill_md: "# one"}
"""
SAVED_TWICE = f"""{SAVED}  - save_resource: {{id: skl-1, message: {{spec.skill_md: "# two"}}}}
  - get_resource: {{id: skl-1}}
    returns: {{spec.skill_md: "# two"}}
"""
LISTED = """steps:
  - save_resource: {id: skl-1, message: {spec.skill_md: "# one"}}
  - list_resources:
    returns: [{spec.skill_md: "# one"}]
"""
PUSHED = """clock: 2026-01-25T10:00:00.100Z
steps:
  - push: {name: Calculator, tag: v1, skill_md: "# one"}
    as: one
    returns: {status.audit.spec_audit.created_at: "2026-01-25T10:00:00.100Z"}
  - get_by_reference: {slug: calculator, version: v1}
    returns: {spec.skill_md: "# one"}
"""
OLD_TAG = f"""{PUSHED}  - push: {{name: Calculator, tag: v2, skill_md: "# two"}}
  - get_by_reference: {{slug: calculator, version: v1}}
    returns: "${{one}}"
"""
FETCHED = f"""{PUSHED}  - get_artifact: {{key: "${{one.status.artifact_storage_key}}"}}
"""
STORED = """clock: 2026-01-25T10:00:00.100Z
steps:
  - save_audit: {resource_id: skl-1, message: {spec.tag: v1}}
  - rows: {table: resource_audit, resource_id: skl-1}
    returns: [{archived_at: "2026-01-25 10:00:00"}]
"""


class Remembers(SqliteStore):
    """Keeps what it was given, besides writing it."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.kept: dict[str, Any] = {}
        super().__init__(*given, **named)

    def get_resource(self, kind: str | int, resource_id: str, message_class: Any) -> Any:
        if resource_id in self.kept:
            return message_class.FromString(self.kept[resource_id])
        return super().get_resource(kind, resource_id, message_class)


class KeepsInMemory(Remembers):
    """Writes nothing."""

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        del kind
        self.kept[resource_id] = message.SerializeToString()


class RemembersWrites(Remembers):
    """Believes in its own writes, committed or not."""

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        super().save_resource(kind, resource_id, message)
        self.kept[resource_id] = message.SerializeToString()


class RemembersAbsence(SqliteStore):
    """Asks once whether there is a record."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.missing: set[str] = set()
        super().__init__(*given, **named)

    def get_resource(self, kind: str | int, resource_id: str, message_class: Any) -> Any:
        if resource_id in self.missing:
            raise ResourceNotFound.of(str(kind), resource_id)
        try:
            return super().get_resource(kind, resource_id, message_class)
        except ResourceNotFound:
            self.missing.add(resource_id)
            raise


class RefusesRepeats(SqliteStore):
    """Takes no record twice."""

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        if message.SerializeToString() in self.list_resources(kind):
            raise ValueError(resource_id)
        super().save_resource(kind, resource_id, message)


class BeginsLate(SqliteStore):
    """Takes the lock of a transaction with its first write."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN DEFERRED")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise


class DeletesArtifacts(SkillController):
    """Takes the artifact away with the skill, whoever else has it."""

    def delete(self, skill_id: str) -> Any:
        skill = super().delete(skill_id)
        self.artifacts.path_of(skill.status.artifact_storage_key).unlink(missing_ok=True)
        return skill


class LosesNames(Migrations):
    """Moves versions without their tags."""

    def names_of(self, row: Any) -> tuple[str, str]:
        del row
        return "", ""


class Strips(ArchiveReader):
    """Keeps no blanks at the end of instructions."""

    def skill_md(self, *given: Any) -> str:
        return super().skill_md(*given).rstrip()


def stamped(change: Callable[[int], int]) -> Recipe:
    """Return a registry whose instants are changed."""

    class Stamping(SkillController):
        def stamp(self, now: int, before: Any) -> Any:
            return super().stamp(change(now), before)

    return replace(REFERENCE, skills=Stamping)


def local_time(recipe: Recipe) -> Recipe:
    """Return a registry that stores the time of its place."""
    text = recipe_query("save_audit").replace("datetime('now')", "datetime('now', 'localtime')")
    return with_queries(recipe, save_audit=text)


def recipe_query(name: str) -> str:
    """Return the text of a query of the reference."""
    from pytest_stigmer.store.queries import Queries

    return str(getattr(Queries(), name))


def limited(number: int) -> Recipe:
    """Return a registry whose listings end."""
    query = recipe_query("list_resources")
    return with_queries(REFERENCE, list_resources=f"{query} LIMIT {number}")


def _refuse_full(now: int) -> int:
    if now % SECOND == 0:
        raise ValueError("no fraction")
    return now


def _rounded(now: int) -> int:
    return round(now / 1_000_000) * 1_000_000


def _in_32_bits(now: int) -> int:
    return now - 2**32 * SECOND if now >= 2**31 * SECOND else now


ANY_CASE = recipe_query("get_resource").replace("id = :id", "id = :id COLLATE NOCASE")
SHOWN: dict[str, tuple[str, Recipe]] = {
    "restart": (SAVED, with_store(REFERENCE, KeepsInMemory)),
    "two-registries": (SAVED_TWICE, with_store(REFERENCE, RemembersWrites)),
    "two-processes": (SAVED_TWICE, recipe_with("records-are-kept-by-the-process")),
    "warm": (SAVED, with_store(REFERENCE, RemembersAbsence)),
    "rolled-back": (SAVED, with_store(REFERENCE, RemembersWrites)),
    "again": (SAVED, with_store(REFERENCE, RefusesRepeats)),
    "neighbours": (SAVED, with_queries(REFERENCE, get_resource=ANY_CASE)),
    "same-content": (FETCHED, replace(REFERENCE, skills=DeletesArtifacts)),
    "long-past": (LISTED, limited(256)),
    "long-past-1001": (LISTED, limited(1000)),
    "busy": (PUSHED, with_store(REFERENCE, BeginsLate)),
    "migrated": (OLD_TAG, with_migrations(REFERENCE, LosesNames)),
    "other-seed": (PUSHED, replace(REFERENCE, archives=Strips)),
    "elsewhen-2038": (PUSHED, stamped(_in_32_bits)),
    "elsewhen-1969": (PUSHED, stamped(lambda now: max(now, 0))),
    "elsewhen-new-year": (STORED, local_time(REFERENCE)),
    "elsewhen-summer-time": (STORED, local_time(REFERENCE)),
    "elsewhen-full-second": (PUSHED, stamped(_refuse_full)),
    "elsewhen-9999": (PUSHED, stamped(_rounded)),
}
"""A scenario and a defect for each condition; the longest past is shown in the slow lane."""

SLOW = {"long-past-32767": (LISTED, limited(32_766))}


@pytest.mark.parametrize("name", SHOWN)
def test_a_condition_shows_what_the_plain_run_cannot(name: str, run: Run) -> None:
    """Without the condition the defect is green, under it red; the reference is green under it."""
    text, defect = SHOWN[name]
    assert run(text, "v2", defect).status == "passed"
    assert run(text, name).status == "passed"
    assert run(text, name, defect).status == "failed"


def test_what_a_process_shares_shows_in_another_process_alone(run: Run) -> None:
    """Two registries of one process agree on what it remembers, whatever the file says."""
    text, defect = SHOWN["two-processes"]
    assert run(text, "two-registries+restart", defect).status == "passed"


@pytest.mark.soak
@pytest.mark.parametrize("name", SLOW)
def test_a_long_past_shows_where_a_listing_ends(name: str, run: Run) -> None:
    """More records than a statement has parameters are all listed."""
    text, defect = SLOW[name]
    assert run(text, name).status == "passed"
    assert run(text, name, defect).status == "failed"


def test_every_condition_is_shown() -> None:
    """No condition is without a defect that it shows."""
    assert {*SHOWN, *SLOW} == set(CONDITIONS)


@pytest.mark.parametrize(
    ("mixture", "name"),
    [(mixture, one.name) for mixture, parts in MIXTURES.items() for one in parts],
)
def test_a_mixture_shows_what_each_part_shows(mixture: str, name: str, run: Run) -> None:
    """Several conditions at once show the defect of each of them."""
    text, defect = SHOWN[name]
    assert run(text, mixture, defect).status == "failed"


def test_a_red_condition_says_what_it_did(run: Run) -> None:
    """The reason names the condition, the verb and what differs."""
    text, defect = SHOWN["restart"]
    reason = run(text, "restart", defect).reason
    assert reason.startswith("under restart: get_resource of {'id': 'skl-1'")
    assert "answered differently before and after a restart" in reason
