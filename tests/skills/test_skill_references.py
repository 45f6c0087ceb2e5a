"""Which version of which skill a reference names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.skills.references import is_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Clock, Push

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.endpoint import SkillClient

    Refusal = Callable[..., tuple[str, str]]
    Refer = Callable[..., Any]

PLATFORM, ORGANIZATION, IDENTITY_ACCOUNT = 1, 2, 3
AGENT, SKILL = 40, 43
NO_VERSION = "skill version not found: calc:"


def text(skill: Any) -> str:
    """Return the instructions of a version."""
    return str(skill.spec.skill_md)


@pytest.mark.parametrize(
    ("version", "is_one"),
    [
        ("a" * 64, True),
        ("0123456789abcdef" * 4, True),
        ("A" * 64, False),
        ("a" * 63, False),
        ("a" * 65, False),
        ("g" * 64, False),
        ("a" * 64 + "\n", False),
        ("latest", False),
        ("v1.0", False),
        ("", False),
        ("٣" * 64, False),
    ],
)
def test_a_hash_is_64_lower_case_hexadecimal_digits(version: str, *, is_one: bool) -> None:
    """Everything else is a tag."""
    assert is_hash(version) == is_one


@pytest.mark.parametrize("version", ["", "latest"])
def test_latest_and_nothing_name_the_current_record(version: str, push: Push, refer: Refer) -> None:
    """Whatever its tag."""
    push(tag="v1")
    push(skill_md="# two", tag="v2")
    assert text(refer(version)) == "# two"


def test_latest_is_the_current_record_even_where_a_version_has_that_tag(
    push: Push, refer: Refer
) -> None:
    """The tag may be pushed and names nothing."""
    push(tag="latest")
    push(skill_md="# two")
    assert text(refer("latest")) == "# two"


def test_a_tag_names_its_newest_push(push: Push, refer: Refer, clock: Clock) -> None:
    """Also within one second, and after the clock was set back."""
    for number, seconds in enumerate((0, 0, -3600)):
        clock.advance(seconds=seconds)
        push(skill_md=f"# {number}", tag="stable")
    push(skill_md="# current", tag="beta")
    assert text(refer("stable")) == "# 2"


def test_a_tag_of_the_current_record_is_the_current_record(push: Push, refer: Refer) -> None:
    """Two pushes of one tag: the second."""
    push(tag="stable")
    push(skill_md="# two", tag="stable")
    assert text(refer("stable")) == "# two"


def test_a_tag_follows_its_newest_row_and_cannot_be_withdrawn(push: Push, refer: Refer) -> None:
    """An untagged push leaves it, an older content pushed again takes it back."""
    push(skill_md="# a", tag="stable")
    push(skill_md="# b", tag="stable")
    push(skill_md="# c")
    assert text(refer("stable")) == "# b"
    push(skill_md="# a", tag="stable")
    push(skill_md="# d")
    assert text(refer("stable")) == "# a"


def test_a_hash_names_its_version(push: Push, refer: Refer) -> None:
    """In the history and while it is current."""
    versions = [push(skill_md=f"# {number}") for number in range(3)]
    for number, version in enumerate(versions):
        assert text(refer(version.status.version_hash)) == f"# {number}"


def test_the_hash_of_the_current_record_is_the_current_record(push: Push, refer: Refer) -> None:
    """Not an archived copy of the same content under another tag."""
    push(tag="old")
    push(skill_md="# two")
    current = push(tag="new")
    assert refer(current.status.version_hash).spec.tag == "new"


def test_of_several_copies_of_one_content_the_newest_is_named(push: Push, refer: Refer) -> None:
    """With the name and the tag that it had then."""
    first = push("Calc", tag="old")
    push(skill_md="# two")
    push("CALC", tag="new")
    push(skill_md="# three")
    found = refer(first.status.version_hash)
    assert (found.spec.tag, found.metadata.name) == ("new", "CALC")


def test_a_version_of_the_history_is_answered_as_it_was_archived(
    push: Push, refer: Refer, clock: Clock
) -> None:
    """All of it: text, stamps, name, the same id."""
    first = push(tag="v1")
    clock.advance(minutes=1)
    push("CALC", skill_md="# two", tag="v2")
    assert refer("v1") == first


@pytest.mark.parametrize("version", ["v9", "0" * 64, "F" * 64])
def test_a_version_that_was_never_pushed_is_not_found(
    version: str, push: Push, refer: Refer, refusal: Refusal
) -> None:
    """Tag or hash, the answer names slug and version."""
    push(tag="v1")
    assert refusal(refer, version) == ("NOT_FOUND", NO_VERSION + version)


def test_an_upper_case_hash_is_a_tag_and_not_found(
    push: Push, refer: Refer, refusal: Refusal
) -> None:
    """Hashes are compared as they are written."""
    version = push().status.version_hash.upper()
    assert refusal(refer, version) == ("NOT_FOUND", NO_VERSION + version)


def test_a_record_without_status_answers_latest_alone(
    parts: Registry, api: Generation, refer: Refer, refusal: Refusal
) -> None:
    """It has neither hash nor tag, whatever its spec says."""
    skill = api.Skill(metadata={"slug": "calc"}, spec={"skill_md": "# x", "tag": "v1"})
    parts.store.save_resource("skill", "skl-1", skill)
    assert refer() == skill
    assert refusal(refer, "v1") == ("NOT_FOUND", NO_VERSION + "v1")


def test_a_current_record_without_archived_copy_is_found_by_tag_and_hash(
    parts: Registry, api: Generation, refer: Refer
) -> None:
    """The record itself is looked at before its history."""
    skill = api.Skill(
        metadata={"slug": "calc"}, spec={"tag": "v1"}, status={"version_hash": "1" * 64}
    )
    parts.store.save_resource("skill", "skl-1", skill)
    assert refer("v1") == refer("1" * 64) == skill


def test_seeded_versions_are_found_by_tag_and_hash(
    parts: Registry, api: Generation, refer: Refer
) -> None:
    """Rows written through the store count like pushed ones."""
    for number in (1, 2, 3):
        version_hash = str(number) * 64
        skill = api.Skill(
            metadata={"slug": "calc", "id": "skl-1"},
            spec={"skill_md": f"# {number}", "tag": f"v{number}"},
            status={"version_hash": version_hash},
        )
        parts.store.save_resource("skill", "skl-1", skill)
        parts.store.save_audit("skill", "skl-1", skill, version_hash=version_hash, tag=f"v{number}")
    assert [text(refer(v)) for v in ("v3", "v1", "2" * 64)] == ["# 3", "# 1", "# 2"]


def test_a_reference_without_slug_is_refused(refer: Refer, refusal: Refusal) -> None:
    """In the words of the real server."""
    expected = ("INVALID_ARGUMENT", "slug is required in reference")
    assert refusal(refer, slug="") == expected


@pytest.mark.parametrize("slug", ["nothing", "Calc", "CALC", "calc "])
def test_a_slug_is_compared_as_it_is_written(
    slug: str, push: Push, refer: Refer, refusal: Refusal
) -> None:
    """No skill has another spelling of it."""
    push()
    assert refusal(refer, slug=slug) == ("NOT_FOUND", f"skill not found: {slug}")


@pytest.mark.parametrize("kind", [0, SKILL])
def test_the_kind_of_a_reference_is_skill_or_nothing(kind: int, push: Push, refer: Refer) -> None:
    """Both name the same skill."""
    skill = push()
    assert refer(kind=kind) == skill


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": AGENT}, "kind"),
        ({"kind": 999}, "kind"),
        ({"scope": IDENTITY_ACCOUNT}, "scope"),
        ({"scope": ORGANIZATION}, "org"),
        ({"scope": 7}, "scope"),
        ({"version": "a b"}, "version"),
    ],
)
def test_a_reference_that_names_no_skill_is_refused(
    fields: dict[str, Any], field: str, push: Push, refer: Refer, refusal: Refusal
) -> None:
    """The answer names the field."""
    push()
    code, details = refusal(refer, **fields)
    assert (code, details.startswith(f"validation error: {field}: ")) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize("scope", [0, ORGANIZATION])
def test_an_organisation_names_its_own_skill(scope: int, push: Push, refer: Refer) -> None:
    """Whoever else has the slug."""
    for org in ("", "a", "b"):
        push(org=org, skill_md=f"# {org}")
    assert text(refer(org="b", scope=scope)) == "# b"


def test_an_organisation_without_the_skill_gets_no_other(
    push: Push, refer: Refer, refusal: Refusal
) -> None:
    """Neither another organisation's nor the one without."""
    push(org="a")
    push()
    assert refusal(refer, org="b") == ("NOT_FOUND", "skill not found: calc")


@pytest.mark.parametrize("scope", [0, PLATFORM])
def test_without_organisation_the_skill_without_one_comes_first(
    scope: int, push: Push, refer: Refer
) -> None:
    """Others of the slug do not make it ambiguous."""
    for org in ("a", "b", ""):
        push(org=org, skill_md=f"# {org}")
    assert text(refer(scope=scope)) == "# "


def test_without_organisation_the_only_skill_of_a_slug_is_meant(push: Push, refer: Refer) -> None:
    """Nobody else could be."""
    push(org="a", skill_md="# a")
    assert text(refer()) == "# a"


def test_without_organisation_several_skills_of_a_slug_are_ambiguous(
    push: Push, refer: Refer, refusal: Refusal
) -> None:
    """The answer says so, and what to set."""
    push(org="a")
    push(org="b")
    code, details = refusal(refer)
    assert (code, "ambiguous" in details, "org" in details) == ("NOT_FOUND", True, True)


def test_platform_scope_never_names_a_skill_of_an_organisation(
    push: Push, refer: Refer, refusal: Refusal
) -> None:
    """Even if it is the only one."""
    push(org="a")
    assert refusal(refer, scope=PLATFORM) == ("NOT_FOUND", "skill not found: calc")


def test_platform_scope_with_an_organisation_names_nothing(
    push: Push, refer: Refer, refusal: Refusal
) -> None:
    """Neither the organisation's skill nor the one without fits both words."""
    push(org="a")
    push()
    assert refusal(refer, scope=PLATFORM, org="a") == ("NOT_FOUND", "skill not found: calc")


def test_a_reference_is_of_the_live_skill_alone(
    push: Push, refer: Refer, skills: SkillClient, api: Generation, refusal: Refusal
) -> None:
    """After a deletion neither slug, tag nor hash leads anywhere."""
    skill = push(tag="v1")
    skills.delete(api.SkillId(value=skill.metadata.id))
    for version in ("", "v1", skill.status.version_hash):
        assert refusal(refer, version) == ("NOT_FOUND", "skill not found: calc")


@pytest.mark.parametrize(
    ("version", "table", "told"),
    [
        ("", "resources", "failed to list skills: "),
        ("v9", "resource_audit", "failed to query audit by tag: "),
        ("0" * 64, "resource_audit", "failed to query audit by hash: "),
    ],
)
def test_a_lookup_that_the_store_cannot_answer_says_which(
    version: str, table: str, told: str, push: Push, refer: Refer, refusal: Refusal, parts: Registry
) -> None:
    """An error of the engine comes with what was being done, as the real server tells it."""
    push()
    parts.store.execute(f"ALTER TABLE {table} RENAME TO gone")
    code, details = refusal(refer, version)
    assert (code, details.startswith(told)) == ("INTERNAL", True)


def test_a_push_that_cannot_look_for_its_skill_says_so(
    push: Push, refusal: Refusal, parts: Registry
) -> None:
    """The two steps that failed are named, as the real server names them."""
    parts.store.execute("ALTER TABLE resources RENAME TO gone")
    code, details = refusal(push)
    told = "failed to search for existing skill: failed to list resources: "
    assert (code, details.startswith(told)) == ("INTERNAL", True)
