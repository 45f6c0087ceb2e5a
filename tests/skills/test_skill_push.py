"""Pushing: what a version holds, what an update keeps, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.values import AuditInfo
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS, bad_artifact
from pytest_stigmer.registry.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Clock, Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.skills.endpoint import SkillClient

    Refusal = Callable[..., tuple[str, str]]

NOW = 1_769_335_200_100_000_000
NAMES = (("One", "a"), ("Two", "b"), ("Three", ""))
PLATFORM, ORGANIZATION, IDENTITY_ACCOUNT = 1, 2, 3


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


def test_a_new_skill_holds_what_was_pushed(push: Push) -> None:
    """Name, organisation, scope, tag and text are the request's; the rest is derived."""
    data = artifact(skill_md="# Calc")
    version_hash = hashlib.sha256(data).hexdigest()
    skill = push("My Calc", org="acme", scope=ORGANIZATION, tag="v1.0", artifact=data)
    assert (skill.api_version, skill.kind) == ("agentic.stigmer.ai/v1", "Skill")
    metadata = skill.metadata
    assert (metadata.name, metadata.slug, metadata.org) == ("My Calc", "my-calc", "acme")
    assert metadata.id.startswith("skl-")
    assert metadata.owner_scope == ORGANIZATION
    assert (skill.spec.skill_md, skill.spec.tag) == ("# Calc", "v1.0")
    assert skill.status.version_hash == version_hash
    assert skill.status.artifact_storage_key == f"skills/{version_hash}.zip"
    assert skill.status.state == 2


def test_the_answer_is_what_the_store_holds(push: Push, parts: Registry) -> None:
    """Answer, live record and archived copy are the same bytes."""
    skill = push(tag="v1")
    answer = skill.SerializeToString(deterministic=True)
    assert parts.store.list_resources("skill") == [answer]
    assert parts.store.list_audit_history("skill", skill.metadata.id) == [answer]


def test_the_archived_copy_is_found_by_hash_and_tag(push: Push, parts: Registry) -> None:
    """Both columns are those of the version."""
    skill = push(tag="v1")
    found = parts.store.connection.execute(
        "SELECT kind, resource_id, version_hash, tag FROM resource_audit"
    ).fetchall()
    assert found == [("skill", skill.metadata.id, skill.status.version_hash, "v1")]


def test_a_new_skill_is_stamped_with_the_instant_of_its_push(push: Push, parts: Registry) -> None:
    """Spec and status alike: made and changed by the system, now."""
    created = AuditInfo("system", NOW, "system", NOW, "created")
    assert stamps(parts, push()) == (created, created)


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


def test_an_update_keeps_the_making_and_stamps_the_change(
    push: Push, parts: Registry, clock: Clock
) -> None:
    """created_at stays, updated_at and event follow the push."""
    push()
    clock.advance(seconds=2)
    updated = AuditInfo("system", NOW, "system", NOW + 2_000_000_000, "updated")
    assert stamps(parts, push(skill_md="# two")) == (updated, updated)


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


def test_an_update_keeps_the_id(push: Push) -> None:
    """Whatever spelling of the name has the same slug, the newest spelling stays."""
    first, second = push("Calc"), push("CALC", skill_md="# two")
    assert (second.metadata.id, second.metadata.name) == (first.metadata.id, "CALC")


def test_an_update_replaces_text_hash_key_and_tag(push: Push) -> None:
    """The current record is the version just pushed."""
    first, second = push(tag="v1"), push(skill_md="# two")
    assert (second.spec.skill_md, second.spec.tag) == ("# two", "")
    assert second.status.version_hash != first.status.version_hash
    assert second.status.version_hash in second.status.artifact_storage_key


def test_an_update_keeps_labels_annotations_and_tags(push: Push, parts: Registry) -> None:
    """A push knows nothing of them and must not lose them."""
    skill = push()
    skill.metadata.labels["team"] = "a"
    skill.metadata.annotations["note"] = "b"
    skill.metadata.tags.append("c")
    parts.store.save_resource("skill", skill.metadata.id, skill)
    updated = push(skill_md="# two").metadata
    assert (dict(updated.labels), dict(updated.annotations)) == ({"team": "a"}, {"note": "b"})
    assert list(updated.tags) == ["c"]


@pytest.mark.parametrize(("given", "kept"), [(0, ORGANIZATION), (ORGANIZATION, ORGANIZATION)])
def test_an_update_keeps_a_scope_that_it_does_not_give(given: int, kept: int, push: Push) -> None:
    """Unspecified means as it was."""
    push(org="acme", scope=ORGANIZATION)
    assert push(org="acme", scope=given).metadata.owner_scope == kept


def test_an_update_may_give_a_scope_that_was_missing(push: Push) -> None:
    """The scope is an attribute and no part of the identity."""
    first = push()
    second = push(scope=PLATFORM)
    assert (second.metadata.id, second.metadata.owner_scope) == (first.metadata.id, PLATFORM)


def test_organisations_do_not_share_a_skill(push: Push) -> None:
    """Two organisations and none: three skills of one slug, each updated by its own."""
    orgs = ("a", "b", "")
    first = {org: push(org=org).metadata.id for org in orgs}
    assert len(set(first.values())) == 3
    assert {org: push("calc", org=org, skill_md="# 2").metadata.id for org in orgs} == first


def test_names_of_one_slug_are_one_skill(push: Push) -> None:
    """`C++` and `C` both have the slug c."""
    assert push("C++").metadata.id == push("C").metadata.id


def test_an_equal_push_adds_to_the_history(push: Push, parts: Registry) -> None:
    """Every push leaves one archived copy, whatever it changed."""
    push(tag="v1")
    push(tag="v1")
    assert (rows(parts, "resources"), rows(parts, "resource_audit")) == (1, 2)


def test_skills_with_equal_artifacts_share_one_file(push: Push, parts: Registry) -> None:
    """Content is stored once, under its hash, whoever pushes it."""
    keys = {push(name, org=org).status.artifact_storage_key for name, org in NAMES}
    assert [f"skills/{name}" for name in files(parts)] == sorted(keys)


def test_every_artifact_of_a_history_stays(push: Push, parts: Registry) -> None:
    """An update adds a file and removes none."""
    one, two = push(), push(skill_md="# two")
    assert parts.skills.get_artifact(one.status.artifact_storage_key)
    assert parts.skills.get_artifact(two.status.artifact_storage_key)


@pytest.mark.parametrize("tag", ["latest", "v1.0-rc_1", "g" * 64, "0" * 63, "0" * 65])
def test_an_ordinary_tag_is_taken(tag: str, push: Push) -> None:
    """The word latest too, and whatever cannot be mistaken for a hash."""
    assert push(tag=tag).spec.tag == tag


@pytest.mark.parametrize("tag", ["a" * 64, "A" * 64, "0123456789abcdef" * 4])
def test_a_tag_in_the_form_of_a_hash_is_refused(tag: str, push: Push, refusal: Refusal) -> None:
    """No reference could ever name it."""
    code, details = refusal(push, tag=tag)
    assert (code, details[:22]) == ("INVALID_ARGUMENT", "validation error: tag:")


@pytest.mark.parametrize("tag", ["a b", "a/b", "v1\n", "é"])
def test_a_tag_of_other_characters_is_refused(tag: str, push: Push, refusal: Refusal) -> None:
    """In the words of the message's own rule."""
    code, details = refusal(push, tag=tag)
    assert (code, "does not match regex pattern" in details) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize("name", ["!!!", "...", "---", ".", " ", "日本語"])
def test_a_name_without_a_slug_is_refused(name: str, push: Push, refusal: Refusal) -> None:
    """It could not be referred to."""
    assert refusal(push, name) == ("INVALID_ARGUMENT", f"invalid skill name: {name}")


def test_a_push_without_name_and_artifact_names_both(
    skills: SkillClient, api: Generation, refusal: Refusal
) -> None:
    """Every violation is told, in field order."""
    expected = "validation errors:\n - name: value is required\n - artifact: value is required"
    assert refusal(skills.push, api.PushSkillRequest()) == ("INVALID_ARGUMENT", expected)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scope": IDENTITY_ACCOUNT, "org": "a"}, "scope"),
        ({"scope": ORGANIZATION}, "org"),
        ({"scope": PLATFORM, "org": "a"}, "org"),
        ({"scope": 7}, "scope"),
        ({"scope": -1}, "scope"),
    ],
)
def test_a_scope_that_contradicts_the_organisation_is_refused(
    fields: dict[str, Any], field: str, push: Push, refusal: Refusal
) -> None:
    """The answer names the field."""
    code, details = refusal(push, **fields)
    assert (code, details.startswith(f"validation error: {field}: ")) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize("kind", BAD_ARTIFACTS)
def test_a_bad_artifact_is_refused_and_leaves_nothing(
    kind: str, push: Push, parts: Registry, refusal: Refusal
) -> None:
    """No row, no file, and the rule is told."""
    code, details = refusal(push, artifact=bad_artifact(kind))
    assert (code, details.startswith("failed to extract SKILL.md: ")) == ("INVALID_ARGUMENT", True)
    assert BAD_ARTIFACTS[kind].text in details
    assert (rows(parts, "resources"), rows(parts, "resource_audit"), files(parts)) == (0, 0, [])
