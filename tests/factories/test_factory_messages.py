"""Messages: a test names the fields it is about, the rest is a function of run seed and test id."""

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile

import pytest

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.factories.seeding import seeded_faker, slug
from pytest_stigmer.skills.controller import slug_of

SEED = 7
TEST_ID = "test"

SCRIPT = """
import hashlib
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.factories.seeding import seeded_faker
made = Factory(7, "test")
messages = [made.push_request(), made.skill(labels={c: c for c in "abcdef"}), made.reference()]
parts = [message.SerializeToString(deterministic=True) for message in messages]
parts += [made.artifact(), made.legacy_database(), made.bad_artifact("total_size")]
parts += [row.data for row in made.audit_history(kinds=["skill", "agent"]).rows]
parts += [seeded_faker(7, "test").sentence().encode()]
print(hashlib.sha256(b"".join(parts)).hexdigest())
"""


def again(generation: Generation, seed: object = SEED, test_id: str = TEST_ID) -> Factory:
    """Make the same factories anew, or those of another run or test."""
    return Factory(seed, test_id, generation)


def test_only_name_and_artifact_of_a_push_request_are_made_up(factory: Factory) -> None:
    """Organisation, scope and tag stay empty."""
    request = factory.push_request()
    assert {field.name for field, _ in request.ListFields()} == {"name", "artifact"}


def test_a_push_request_takes_every_field(factory: Factory, generation: Generation) -> None:
    """What is given stands in the message."""
    found = generation.codec.push(
        factory.push_request(name="Calc", org="acme", tag="v1", scope=2, artifact=b"zip")
    )
    assert found == values.PushSkill(name="Calc", org="acme", tag="v1", scope=2, artifact=b"zip")


def test_a_scope_that_does_not_exist_is_refused_with_the_nearest(factory: Factory) -> None:
    """In pushes and references; so is a kind."""
    assert factory.push_request(scope="organization").scope == values.SCOPE_ORGANIZATION
    with pytest.raises(UsageError, match="did you mean 'organization'"):
        factory.push_request(scope="organisation")
    with pytest.raises(UsageError, match="did you mean 'platform'"):
        factory.reference(scope="plattform")
    with pytest.raises(UsageError, match="did you mean 'skill'"):
        factory.reference(kind="skil")


def test_a_push_request_packs_skill_md_and_files(factory: Factory) -> None:
    """The artifact holds exactly what was given."""
    request = factory.push_request(skill_md="# one", files={"a.txt": "x"})
    archive = zipfile.ZipFile(io.BytesIO(request.artifact))
    assert {name: archive.read(name) for name in archive.namelist()} == {
        "SKILL.md": b"# one",
        "a.txt": b"x",
    }


def test_a_push_request_is_valid(factory: Factory, generation: Generation) -> None:
    """The made-up request passes the API's own validation."""
    assert generation.validate(factory.push_request()) is None


def test_a_skill_is_valid_once_its_scope_is_given(factory: Factory, generation: Generation) -> None:
    """The made-up Skill breaks none of the rules of its message."""
    assert generation.validate(factory.skill(scope=values.SCOPE_PLATFORM)) is None


def test_a_skill_has_an_id_in_the_real_form(factory: Factory) -> None:
    """Ids are `skl-` and a ULID in lower case."""
    assert re.fullmatch(r"skl-[0-7][0-9a-hjkmnp-tv-z]{25}", factory.skill().metadata.id)


def test_a_skill_names_the_artifact_of_its_text(factory: Factory) -> None:
    """Version hash and storage key are those of the ZIP that holds SKILL.md alone."""
    skill = factory.skill(skill_md="# one")
    digest = hashlib.sha256(factory.artifact(skill_md="# one", files={})).hexdigest()
    assert skill.status.version_hash == digest
    assert skill.status.artifact_storage_key == f"skills/{digest}.zip"


def test_a_skill_takes_every_field(factory: Factory, generation: Generation) -> None:
    """What is given stands in the message."""
    skill = generation.codec.skill(
        factory.skill(
            name="Calc",
            slug="other",
            id="skl-1",
            org="acme",
            scope=2,
            labels={"a": "b"},
            annotations={"c": "d"},
            tags=["x"],
            skill_md="# one",
            tag="v1",
            version_hash="0" * 64,
            artifact_storage_key="key",
            state=3,
            event="renamed",
            created_at="1970-01-01T00:00:01Z",
            updated_at="1970-01-01T00:00:02.5Z",
        )
    )
    audit = values.AuditInfo("system", 1_000_000_000, "system", 2_500_000_000, "renamed")
    assert skill == values.Skill(
        metadata=values.Metadata(
            "Calc", "other", "skl-1", "acme", 2, {"a": "b"}, {"c": "d"}, ("x",)
        ),
        skill_md="# one",
        tag="v1",
        version_hash="0" * 64,
        artifact_storage_key="key",
        state=3,
        spec_audit=audit,
        status_audit=audit,
    )


def test_a_skill_changed_later_was_updated(factory: Factory) -> None:
    """The event follows from the two instants."""
    skill = factory.skill(updated_at="2026-02-01T00:00:00Z")
    assert skill.status.audit.spec_audit.event == "updated"


def test_a_reference_to_a_skill_takes_its_slug_and_organisation(factory: Factory) -> None:
    """A message stands for what it identifies; other fields stay empty."""
    found = factory.reference(factory.skill(name="My Calc", org="acme"), version="stable")
    assert (found.slug, found.org, found.version) == ("my-calc", "acme", "stable")
    assert (found.scope, found.kind) == (0, 0)


def test_a_reference_takes_the_slug_given(factory: Factory) -> None:
    """The slug stands as it is."""
    assert factory.reference(slug="Not A Slug").slug == "Not A Slug"


@pytest.mark.parametrize("field", ["skill_md", "files"])
def test_an_artifact_beside_its_content_is_refused(factory: Factory, field: str) -> None:
    """A ready artifact leaves nothing for SKILL.md and files to say."""
    with pytest.raises(UsageError, match="artifact holds skill_md and files"):
        factory.push_request(artifact=b"zip", **{field: "x"})  # type: ignore[arg-type]


def test_no_data_depends_on_the_clock(factory: Factory, generation: Generation) -> None:
    """Made in another year, messages, histories and files are the same."""
    with FrozenClock("1999-12-31T23:59:59Z"):
        other = again(generation)
        old = (other.skill(), list(other.audit_history().rows), other.legacy_database())
    assert old == (factory.skill(), list(factory.audit_history().rows), factory.legacy_database())


@pytest.mark.parametrize(
    ("method", "typo", "meant"),
    [
        ("push_request", "skil_md", "skill_md"),
        ("skill", "idd", "id"),
        ("reference", "slugg", "slug"),
    ],
)
def test_an_unknown_field_is_a_type_error_with_the_nearest(
    factory: Factory, method: str, typo: str, meant: str
) -> None:
    """A misspelt keyword is answered with the field that was meant."""
    with pytest.raises(TypeError, match=rf"{method}\(\): .*'{typo}'; did you mean '{meant}'\?"):
        getattr(factory, method)(**{typo: "x"})


def test_equal_seed_and_test_give_equal_messages(factory: Factory, generation: Generation) -> None:
    """A second factory makes the same data."""
    assert again(generation).push_request() == factory.push_request()


@pytest.mark.parametrize(("seed", "test_id"), [(SEED + 1, TEST_ID), (SEED, "another")])
def test_another_seed_or_test_gives_another_name(
    factory: Factory, generation: Generation, seed: int, test_id: str
) -> None:
    """Both the run seed and the test id show in the data."""
    assert again(generation, seed, test_id).push_request().name != factory.push_request().name


def test_the_order_of_calls_does_not_matter(factory: Factory, generation: Generation) -> None:
    """A skill made after an artifact is the skill made before it."""
    other = again(generation)
    before = factory.skill(name="Calc", skill_md="# one")
    other.artifact()
    other.reference()
    assert other.skill(name="Calc", skill_md="# one") == before


def test_a_field_that_is_given_moves_no_other(factory: Factory, generation: Generation) -> None:
    """Naming the name leaves the drawn files as they were."""
    other = again(generation)
    first = factory.push_request(skill_md="# one").artifact
    assert other.push_request(name="Calc", skill_md="# one").artifact == first


@pytest.mark.parametrize(("seed", "test_id"), [(SEED + 1, TEST_ID), (SEED, "another")])
def test_a_faker_depends_on_seed_and_test(seed: int, test_id: str) -> None:
    """Equal seed and test give equal data, another one of the two gives other data."""
    first = seeded_faker(SEED, TEST_ID).sentence()
    assert seeded_faker(SEED, TEST_ID).sentence() == first
    assert seeded_faker(seed, test_id).sentence() != first


def test_names_never_repeat_within_a_test(factory: Factory) -> None:
    """Even their slugs differ, far beyond the number at which Faker repeats itself."""
    assert len({slug(factory._draws.name()) for _ in range(5000)}) == 5000


def test_another_process_makes_equal_data() -> None:
    """Neither the process nor PYTHONHASHSEED shows in the data."""
    answers = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(answers) == 1


def test_factories_load_nothing_heavy_until_used() -> None:
    """Importing and making factories loads neither Faker nor protobuf, nor pytest."""
    code = (
        "import sys; from pytest_stigmer.factories.factory import Factory; "
        "f = Factory(1); f.artifact(skill_md='x', files={}); f.bad_artifact('bomb'); "
        "print({'faker', 'google.protobuf', 'pytest'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "name",
    [
        "My Cool Agent",
        "Email_Tool",
        " - A -- B_- ",
        "Café Münster",
        "a\tb",
        "日本語",
        "\u212a",
        "İst",
        "²",
    ],
)
def test_a_made_up_skill_has_the_slug_that_a_push_would_give(factory: Factory, name: str) -> None:
    """The factories and the registry derive one slug from one name."""
    assert factory.skill(name=name, skill_md="x").metadata.slug == slug_of(name)
