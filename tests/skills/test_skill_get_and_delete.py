"""Reading a skill and its artifact by id and key, and removing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.factories.artifacts import artifact

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.endpoint import SkillClient

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]


def test_a_pushed_skill_is_got_by_its_id(push: Push, skills: SkillClient, api: Generation) -> None:
    """All fields are those of the push's answer."""
    skill = push(tag="v1")
    assert skills.get(api.SkillId(value=skill.metadata.id)) == skill


def test_after_an_update_the_id_gives_the_new_version(
    push: Push, skills: SkillClient, api: Generation, refer: Refer
) -> None:
    """So does the slug, and both artifacts can still be read."""
    first, second = push(), push(skill_md="# two")
    assert skills.get(api.SkillId(value=first.metadata.id)) == second == refer()
    for version, text in ((first, "# one"), (second, "# two")):
        request = api.GetArtifactRequest(artifact_storage_key=version.status.artifact_storage_key)
        assert skills.get_artifact(request).artifact == artifact(skill_md=text, files={})


@pytest.mark.parametrize("call", ["get", "delete"])
def test_an_unknown_id_is_not_found(
    call: str, skills: SkillClient, api: Generation, refusal: Refusal
) -> None:
    """In the words of the real server."""
    request = api.SkillId(value="skl-none")
    assert refusal(getattr(skills, call), request) == ("NOT_FOUND", "Skill not found: skl-none")


@pytest.mark.parametrize("call", ["get", "delete"])
def test_an_empty_id_is_refused(
    call: str, skills: SkillClient, api: Generation, refusal: Refusal
) -> None:
    """In the words of the message's own rule."""
    expected = ("INVALID_ARGUMENT", "validation error: value: value is required")
    assert refusal(getattr(skills, call), api.SkillId()) == expected


def test_an_empty_key_is_refused(skills: SkillClient, api: Generation, refusal: Refusal) -> None:
    """In the words of the message's own rule."""
    expected = ("INVALID_ARGUMENT", "validation error: artifact_storage_key: value is required")
    assert refusal(skills.get_artifact, api.GetArtifactRequest()) == expected


@pytest.mark.parametrize("key", ["../stigmer.db", "../../../etc/passwd", "/etc/passwd", "skills"])
def test_a_key_outside_the_storage_is_not_found(
    key: str, push: Push, skills: SkillClient, api: Generation, refusal: Refusal
) -> None:
    """The database beside the artifacts is no artifact."""
    push()
    request = api.GetArtifactRequest(artifact_storage_key=key)
    expected = ("NOT_FOUND", f"skill artifact not found: {key}")
    assert refusal(skills.get_artifact, request) == expected


def test_deleting_answers_the_skill_as_it_was(
    push: Push, skills: SkillClient, api: Generation
) -> None:
    """Its newest version."""
    push(tag="v1")
    skill = push(skill_md="# two", tag="v2")
    assert skills.delete(api.SkillId(value=skill.metadata.id)) == skill


def test_deleting_removes_record_and_history(
    push: Push, skills: SkillClient, api: Generation, parts: Registry, refusal: Refusal
) -> None:
    """No row of the skill is left, and it cannot be got or deleted again."""
    push()
    skill = push(skill_md="# two")
    request = api.SkillId(value=skill.metadata.id)
    skills.delete(request)
    assert parts.store.list_resources("skill") == []
    assert parts.store.list_audit_history("skill", skill.metadata.id) == []
    for call in (skills.get, skills.delete):
        assert refusal(call, request)[0] == "NOT_FOUND"


def test_deleting_leaves_other_skills_and_their_history(
    push: Push, skills: SkillClient, api: Generation, parts: Registry
) -> None:
    """Organisations of one slug included."""
    kept, gone = push(org="a"), push(org="b")
    skills.delete(api.SkillId(value=gone.metadata.id))
    assert skills.get(api.SkillId(value=kept.metadata.id)) == kept
    assert len(parts.store.list_audit_history("skill", kept.metadata.id)) == 1


def test_artifacts_outlive_their_skill(push: Push, skills: SkillClient, api: Generation) -> None:
    """They are found by content, and another skill may have the same."""
    skill = push()
    skills.delete(api.SkillId(value=skill.metadata.id))
    request = api.GetArtifactRequest(artifact_storage_key=skill.status.artifact_storage_key)
    assert skills.get_artifact(request).artifact == artifact(skill_md="# one", files={})


def test_a_deleted_name_starts_clean(
    push: Push, skills: SkillClient, api: Generation, refer: Refer, refusal: Refusal
) -> None:
    """Another id, made now, without the old history."""
    old = push(tag="v1")
    skills.delete(api.SkillId(value=old.metadata.id))
    new = push(skill_md="# new")
    assert new.metadata.id != old.metadata.id
    assert new.status.audit.spec_audit.event == "created"
    assert refusal(refer, "v1")[0] == "NOT_FOUND"


def test_a_failed_deletion_removes_nothing(
    push: Push, skills: SkillClient, api: Generation, parts: Registry, refusal: Refusal
) -> None:
    """History and record go together or not at all."""
    skill = push()
    parts.store.connection.execute(
        "CREATE TRIGGER stop BEFORE DELETE ON resources BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    request = api.SkillId(value=skill.metadata.id)
    code, details = refusal(skills.delete, request)
    assert (code, details.startswith("failed to delete Skill: ")) == ("INTERNAL", True)
    assert skills.get(request) == skill
    assert len(parts.store.list_audit_history("skill", skill.metadata.id)) == 1
