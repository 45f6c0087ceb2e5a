"""A registry of another process: the same file, time and place, and nothing else in common."""

from __future__ import annotations

from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.scenario.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.targets.local import LocalTarget

NOTHING = Scenario("x", Path("x"), 1, (), clock="2026-02-01T00:00:00.700Z")
KEPT = {"id": "skl-1", "message": {"spec.skill_md": "# one"}}


@pytest.fixture
def target(tmp_path: Path, on_local: Any) -> Iterator[LocalTarget]:
    """Give a registry in process."""
    with on_local(NOTHING, tmp_path / "a.db") as made:
        yield made


def asked(target: Any, verb: str, **given: Any) -> Any:
    """Return what a verb gives; it must succeed."""
    answer = target.perform(verb, given)
    assert answer.failure is None
    return answer.value


def test_it_lives_in_the_time_and_place_of_the_scenario(target: LocalTarget) -> None:
    """What it stores has the scenario's instant, however that was moved, in UTC."""
    there = target.elsewhere()
    asked(target, "advance", duration="1h")
    asked(target, "set_timezone", zone="Asia/Kolkata")
    asked(there, "save_resource", **KEPT)
    (row,) = asked(target, "rows", table="resources")
    assert row["updated_at"] == "2026-02-01 01:00:00"


def test_what_is_drawn_is_drawn_once(target: LocalTarget) -> None:
    """Two pushes without content have two contents, whichever process makes them."""
    there = target.elsewhere()
    pushed = [asked(one, "push", name="Calculator") for one in (target, there, target, there)]
    assert len({one["status"]["version_hash"] for one in pushed}) == 4


def test_it_follows_a_file_that_is_replaced(target: LocalTarget) -> None:
    """It reads what the file has then; a failure is an answer there, too."""
    there = target.elsewhere()
    asked(there, "save_resource", **KEPT)
    asked(target, "open_legacy", rows=[{"id": "skl-2"}])
    failure = there.perform("get_resource", {"id": "skl-1"}).failure
    assert failure is not None
    assert failure.code == "NOT_FOUND"
    asked(there, "get_resource", id="skl-2")


def test_it_ends_with_the_target(target: LocalTarget) -> None:
    """No process is left."""
    asked(target.elsewhere(), "save_resource", **KEPT)
    assert active_children()
    target.close()
    assert not active_children()


def test_a_registry_behind_a_server_has_none(tmp_path: Path, on_service: Any) -> None:
    """A server's threads do not come along."""
    with on_service(NOTHING, tmp_path / "a.db") as target:
        assert "processes" not in target.capabilities
