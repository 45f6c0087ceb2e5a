"""Pushing: what a version holds, what an update keeps, what is refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.values import AuditInfo
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Clock, Push

    from pytest_stigmer.api.generation import Generation

    Refusal = Callable[..., tuple[str, str]]


def rows(parts: Registry, table: str) -> int:
    """Count the rows of a table."""
    (count,) = parts.store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)


def files(parts: Registry) -> list[str]:
    """Name the files in the artifact storage."""
    folder = parts.artifacts.root / "skills"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def stamps(parts: Registry, skill: Any) -> tuple[AuditInfo, AuditInfo]:
    """Return who made and changed spec and status, and when."""
    value = parts.generation.codec.skill(skill)
    return value.spec_audit, value.status_audit


class Ticking:
    """A clock that runs: each look at it is a second later."""

    def __init__(self) -> None:
        self.looks = 0

    def now(self) -> dt.datetime:
        """Return the next second."""
        self.looks += 1
        return dt.datetime(2026, 1, 25, 10, tzinfo=dt.UTC) + dt.timedelta(seconds=self.looks)


@pytest.mark.parametrize("pushes", [1, 2], ids=["new", "update"])
def test_a_push_happens_at_one_instant_also_on_a_running_clock(
    tmp_path: Path, api: Generation, pushes: int
) -> None:
    """Stamps, id and both rows of one push tell one time: the clock is read once."""
    clock = Ticking()
    with Registry(tmp_path / "stigmer.db", clock=clock, generation=api) as parts:
        client = parts.client()
        for number in range(pushes):
            before = clock.looks
            request = api.PushSkillRequest(name="Calc", artifact=artifact(skill_md=f"# {number}"))
            skill = client.push(request)
        looks = clock.looks - before
        columns = "SELECT updated_at FROM resources UNION SELECT max(archived_at) FROM {}"
        told = {text for (text,) in parts.store.execute(columns.format("resource_audit"))}
    info = skill.status.audit.spec_audit
    told.add(info.updated_at.ToDatetime().isoformat(sep=" "))
    if pushes == 1:
        told.add(info.created_at.ToDatetime().isoformat(sep=" "))
        told.add(milliseconds_of(skill.metadata.id).isoformat(sep=" "))
    assert (looks, len(told)) == (1, 1), told


def milliseconds_of(skill_id: str) -> dt.datetime:
    """Return the instant in an id."""
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    value = 0
    for letter in skill_id.partition("-")[2][:10]:
        value = value * 32 + digits.index(letter)
    return dt.datetime.fromtimestamp(value / 1000, dt.UTC).replace(tzinfo=None)


def test_an_update_keeps_the_making_at_the_unix_epoch(
    push: Push, parts: Registry, clock: Clock
) -> None:
    """The instant 0 is a time like any other, and a popular one to stop a clock at."""
    clock.instant = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    push()
    clock.advance(seconds=2)
    updated = AuditInfo("system", 0, "system", 2_000_000_000, "updated")
    assert stamps(parts, push(skill_md="# two")) == (updated, updated)


def test_an_update_keeps_who_made_the_skill(push: Push, parts: Registry) -> None:
    """The change is the pusher's, the making is not."""
    skill = push()
    skill.status.audit.spec_audit.created_by.id = "somebody"
    parts.store.save_resource("skill", skill.metadata.id, skill)
    spec, status = stamps(parts, push(skill_md="# two"))
    assert (spec.created_by, spec.updated_by, status.created_by) == ("somebody", "system", "system")
