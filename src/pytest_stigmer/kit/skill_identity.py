"""Facts about identity: which pushes concern one skill, and what deleting it takes away."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.kit.calls import at_once
from pytest_stigmer.kit.skill_declarations import SkillDeclarations, accepted, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.kit.skill_declarations import Words
    from pytest_stigmer.skills.endpoint import SkillApi

SAME_SLUG = ("Calc", "calc", "CALC!", "Ca.lc", " Calc ", "C_a/l\u00e9c")
"""Names that have one slug, `calc`, when the test's nonce follows."""

SLUGS = {
    "a\tb": "ab",
    "a\u00a0b": "ab",
    "a\nb": "ab",
    "\u212aelvin": "kelvin",
    "\u0130stanbul": "istanbul",
    "\uff21\uff11a": "a",
}
"""Names and their slugs; each is where a careless algorithm finds another."""

NEAR_ORGS: dict[str, Callable[[str], str]] = {
    "another case": str.upper,
    "a blank before it": " {}".format,
    "a blank behind it": "{} ".format,
    "a newline behind it": "{}\n".format,
    "NUL behind it": "{}\0".format,
    "its beginning": lambda org: org[:-1],
    "a pattern": lambda org: f"{org[:-1]}%",
    "another pattern": lambda org: f"{org[:-1]}*",
}
"""How the name of an organisation may look like another one's."""

SKILL_ID = re.compile("skl-[0-7][0-9a-hjkmnp-tv-z]{25}")
"""`skl-` and a ULID in lower case."""

_THREADS = 8


class IdentityFacts(SkillDeclarations):
    """What makes a skill the same skill."""

    @pytest.mark.parametrize("name", SAME_SLUG)
    def test_names_of_one_slug_are_one_skill(
        self, skills: SkillApi, words: Words, name: str
    ) -> None:
        """Names that differ in case or dropped characters only concern one skill."""
        one = self.push(skills, words("Calc"), org=words.org)
        two = self.push(skills, words(name), "# two", org=words.org)
        assert two.metadata.slug == words.slug("calc"), f"{name!r} has the wrong slug"
        assert two.metadata.id == one.metadata.id, f"{name!r} and 'Calc' became two skills"
        assert two.metadata.name == words(name), "the name must be the newest push's"

    @pytest.mark.parametrize("name", SLUGS)
    def test_slug_follows_from_the_name(self, skills: SkillApi, words: Words, name: str) -> None:
        """A slug is lower case, blanks are hyphens, and what is no ASCII letter or digit goes."""
        made = self.push(skills, words(name), org=words.org)
        slug = words.slug(SLUGS[name])
        assert made.metadata.slug == slug, (
            f"the slug of {words(name)!r} must be {slug!r}, but is {made.metadata.slug!r}"
        )

    def test_id_is_a_ulid_of_skills(self, skills: SkillApi, words: Words) -> None:
        """A skill's id is `skl-` and a ULID in lower case, and no two skills have one."""
        made = [self.push(skills, words(f"Calc {number}"), org=words.org) for number in range(5)]
        ids = {skill.metadata.id for skill in made}
        assert len(ids) == len(made), f"{len(made)} skills have {len(ids)} ids"
        wrong = [skill_id for skill_id in ids if not SKILL_ID.fullmatch(skill_id)]
        assert not wrong, f"the ids {wrong} are not of the form {SKILL_ID.pattern}"

    @pytest.mark.parametrize("near", NEAR_ORGS)
    def test_organisations_are_exact(self, skills: SkillApi, words: Words, near: str) -> None:
        """An organisation is compared exactly: case, blanks and patterns count."""
        self.needs("has_organisations")
        org = NEAR_ORGS[near](words.org)
        told = f"organisation {org!r} is not {words.org!r}"
        mine = self.push(skills, words("Calc"), org=words.org)
        what = f"a reference with {near} for its organisation ({told})"
        refusal("NOT_FOUND", what, self.refer, skills, words.slug("calc"), org=org)
        theirs = self.push(skills, words("Calc"), "# theirs", org=org)
        assert theirs.metadata.org == org, f"organisation {org!r} became {theirs.metadata.org!r}"
        assert theirs.metadata.id != mine.metadata.id, f"{told}, but they share a skill"
        for name, skill in ((words.org, mine), (org, theirs)):
            found = self.refer(skills, words.slug("calc"), org=name)
            assert found == skill, f"{told}, but {name!r} was given the other one's skill"

    def test_organisations_do_not_share_skills(self, skills: SkillApi, words: Words) -> None:
        """One name in two organisations is two skills, each with its own versions."""
        self.needs("has_organisations")
        mine = self.push(skills, words("Calc"), "# mine", org=words.org, tag="stable")
        theirs = self.push(skills, words("Calc"), "# theirs", org=words.other_org, tag="stable")
        assert mine.metadata.id != theirs.metadata.id, (
            "a push of another organisation took this organisation's skill over"
        )
        for org, skill in ((words.org, mine), (words.other_org, theirs)):
            for version in ("", "stable", skill.status.version_hash):
                found = self.refer(skills, words.slug("calc"), version, org=org)
                assert found == skill, f"organisation {org} was given another one's skill"

    def test_versions_of_another_organisation_are_hidden(
        self, skills: SkillApi, words: Words
    ) -> None:
        """A tag or hash pushed in one organisation does not exist in another."""
        self.needs("has_organisations")
        self.push(skills, words("Calc"), "# mine", org=words.org)
        theirs = self.push(skills, words("Calc"), "# theirs", org=words.other_org, tag="secret")
        for version in ("secret", theirs.status.version_hash):
            refusal(
                "NOT_FOUND",
                f"version {version[:8]} of another organisation's skill",
                self.refer,
                skills,
                words.slug("calc"),
                version,
                org=words.org,
            )

    def test_versions_of_another_skill_are_hidden(self, skills: SkillApi, words: Words) -> None:
        """A tag or hash that only another skill has names nothing, within one organisation too."""
        self.push(skills, words("Calc"), "# mine", org=words.org)
        theirs = self.push(skills, words("Other"), "# theirs", org=words.org, tag="secret")
        self.push(skills, words("Other"), "# newer", org=words.org)
        for version in ("secret", theirs.status.version_hash):
            refusal(
                "NOT_FOUND",
                f"version {version[:8]} of another skill of the organisation",
                self.refer,
                skills,
                words.slug("calc"),
                version,
                org=words.org,
            )

    def test_push_without_organisation_is_a_skill_of_its_own(
        self, skills: SkillApi, words: Words
    ) -> None:
        """A push without organisation leaves the skills of organisations alone."""
        self.needs("has_organisations")
        mine = self.push(skills, words("Calc"), "# mine", org=words.org)
        nobodys = self.push(skills, words("Calc"), "# nobody's")
        assert nobodys.metadata.id != mine.metadata.id, "it became an organisation's new version"
        found = self.refer(skills, words.slug("calc"))
        assert found == nobodys, "a reference without organisation names the skill without one"
        assert self.current(skills, mine.metadata.id) == mine, "the organisation's skill changed"

    def test_only_skill_of_a_slug_needs_no_organisation(
        self, skills: SkillApi, words: Words
    ) -> None:
        """A reference without organisation names the only skill of its slug, whosever it is."""
        made = self.push(skills, words("Calc"), org=words.org)
        assert self.refer(skills, words.slug("calc")) == made, "the only skill was not named"

    def test_ambiguous_reference_is_not_found(self, skills: SkillApi, words: Words) -> None:
        """A reference that two organisations answer is NOT_FOUND and told to be ambiguous."""
        self.needs("has_organisations")
        for org in (words.org, words.other_org):
            self.push(skills, words("Calc"), f"# {org}", org=org)
        what = "a reference without organisation to a slug of two organisations"
        text = refusal("NOT_FOUND", what, self.refer, skills, words.slug("calc"))
        assert "ambiguous" in text.lower(), f"{what} must be told to be ambiguous, but is: {text}"

    def test_platform_reference_spares_organisations(self, skills: SkillApi, words: Words) -> None:
        """A reference with scope platform names only a skill without organisation."""
        self.needs("has_organisations")
        platform = self.api.ApiResourceOwnerScope.Value("platform")
        self.push(skills, words("Calc"), org=words.org)
        refusal(
            "NOT_FOUND",
            "a reference with scope platform to an organisation's skill",
            self.refer,
            skills,
            words.slug("calc"),
            scope=platform,
        )
        made = self.push(skills, words("Calc"), "# platform", scope=platform)
        found = self.refer(skills, words.slug("calc"), scope=platform)
        assert found == made, "scope platform did not name the skill without organisation"

    def test_platform_reference_with_an_organisation_is_not_found(
        self, skills: SkillApi, words: Words
    ) -> None:
        """A reference with scope platform and an organisation names nothing, whatever there is."""
        self.needs("has_organisations")
        platform = self.api.ApiResourceOwnerScope.Value("platform")
        for org, there in ((words.org, "an organisation's skill"), ("", "one of the platform too")):
            self.push(skills, words("Calc"), f"# {there}", org=org)
            refusal(
                "NOT_FOUND",
                f"a reference with scope platform and an organisation, where there is {there},",
                self.refer,
                skills,
                words.slug("calc"),
                org=words.org,
                scope=platform,
            )

    def test_equal_content_of_two_skills_is_stored_once(
        self, skills: SkillApi, words: Words
    ) -> None:
        """Two skills with equal artifacts have one storage key, and both can be read."""
        one = self.push(skills, words("One"), org=words.org)
        two = self.push(skills, words("Two"), org=words.org)
        assert one.metadata.id != two.metadata.id, "two names became one skill"
        keys = {one.status.artifact_storage_key, two.status.artifact_storage_key}
        assert len(keys) == 1, "equal content has two storage keys"

    def test_delete_answers_and_forgets(self, skills: SkillApi, words: Words) -> None:
        """Deleting answers with the record as it was; afterwards id and slug are NOT_FOUND."""
        made = self.push(skills, words("Calc"), org=words.org, tag="v1")
        assert self.delete(skills, made.metadata.id) == made, "delete answered another record"
        gone = {
            "get": partial(self.current, skills, made.metadata.id),
            "get_by_reference": partial(self.refer, skills, words.slug("calc"), org=words.org),
            "a second delete": partial(self.delete, skills, made.metadata.id),
        }
        for what, call in gone.items():
            refusal("NOT_FOUND", f"{what} of a deleted skill", call)

    def test_delete_spares_other_skills(self, skills: SkillApi, words: Words) -> None:
        """Deleting one skill leaves others with all their versions and shared artifacts."""
        doomed = self.push(skills, words("Doomed"), "# one", org=words.org, tag="v1")
        one = self.push(skills, words("Kept"), "# one", org=words.org, tag="v1")
        self.push(skills, words("Kept"), "# two", org=words.org)
        self.delete(skills, doomed.metadata.id)
        found = self.refer(skills, words.slug("kept"), "v1", org=words.org)
        assert found == one, "deleting a skill changed another one's versions"
        key = one.status.artifact_storage_key
        assert self.content(skills, key), "deleting a skill took an artifact that another needs"

    def test_delete_spares_the_artifact(self, skills: SkillApi, words: Words) -> None:
        """The artifacts of a deleted skill stay, whether or not another skill has them."""
        pushed = [
            self.push(skills, words("Calc"), f"# {text} {words.nonce}", org=words.org)
            for text in ("one", "two")
        ]
        keys = [skill.status.artifact_storage_key for skill in pushed]
        before = [self.content(skills, key) for key in keys]
        self.delete(skills, pushed[0].metadata.id)
        what = "get_artifact of a deleted skill's version"
        after = [accepted(what, self.content, skills, key) for key in keys]
        assert after == before, "deleting a skill changed its artifacts"

    def test_delete_spares_other_organisations(self, skills: SkillApi, words: Words) -> None:
        """Deleting a skill leaves the skill of the same name in another organisation alone."""
        self.needs("has_organisations")
        mine = self.push(skills, words("Calc"), org=words.org)
        theirs = self.push(skills, words("Calc"), org=words.other_org)
        self.delete(skills, mine.metadata.id)
        found = self.refer(skills, words.slug("calc"), org=words.other_org)
        assert found == theirs, "deleting a skill changed another organisation's"

    def test_recreated_skill_starts_anew(self, skills: SkillApi, words: Words) -> None:
        """A push after a deletion makes a new skill with a new id and no earlier versions."""
        old = self.push(skills, words("Calc"), "# old", org=words.org, tag="old")
        self.delete(skills, old.metadata.id)
        new = self.push(skills, words("Calc"), "# new", org=words.org)
        assert new.metadata.id != old.metadata.id, "a deleted skill's id was used again"
        assert new.status.audit.spec_audit.event == "created", "a new skill must be `created`"
        for version in ("old", old.status.version_hash):
            refusal(
                "NOT_FOUND",
                f"version {version[:8]} of the skill's past life",
                self.refer,
                skills,
                words.slug("calc"),
                version,
                org=words.org,
            )

    def test_concurrent_first_pushes_make_one_skill(self, skills: SkillApi, words: Words) -> None:
        """Several first pushes of one name at once make one skill, and none of them is lost."""
        self.needs("is_thread_safe")
        made: list[Any] = []

        def work(number: int) -> None:
            made.append(self.push(skills, words("Calc"), f"# {number}", org=words.org))

        at_once(work, _THREADS, seconds=self.patience)
        ids = {skill.metadata.id for skill in made}
        assert len(ids) == 1, f"{_THREADS} pushes of one name at once made {len(ids)} skills"
        for skill in made:
            digest = skill.status.version_hash
            self.refer(skills, words.slug("calc"), digest, org=words.org)
