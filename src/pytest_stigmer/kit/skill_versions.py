"""Facts about versions: what a push makes, what a reference names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.kit.capabilities import CLOCK_STEPS
from pytest_stigmer.kit.skill_declarations import SkillDeclarations, refusal

if TYPE_CHECKING:
    from pytest_stigmer.kit.skill_declarations import Words
    from pytest_stigmer.skills.endpoint import SkillApi

OTHER_WORDS = ("LATEST", "Latest", "head", "HEAD", "current", "newest", "stable", "main", "0", "-1")
"""Words that mean the newest version elsewhere; here they are tags like any other."""

API_VERSION, KIND = "agentic.stigmer.ai/v1", "Skill"
"""What a record says about itself."""

_STEP, _PRECISION, _DELAY = 90.3, 0.00101, 30
"""Seconds: how far the clock is moved, how precise stamps must be, how long a push may take."""


class VersionFacts(SkillDeclarations):
    """What pushes and references promise."""

    def test_push_answers_with_the_skill(self, skills: SkillApi, words: Words) -> None:
        """A push answers with the record it made: name, slug, organisation, tag, text, hash."""
        data = artifact(skill_md="# one", files={"run.sh": "true"})
        made = self.push(skills, words("My Calc"), org=words.org, tag="v1", artifact=data)
        told = made.metadata
        assert told.name == words("My Calc"), "the name is not the one that was pushed"
        assert told.slug == words.slug("my-calc"), "the slug does not follow from the name"
        if self.has_organisations:
            assert told.org == words.org, "the organisation is not the one that was pushed"
        assert told.id, "the skill has no id"
        assert made.spec.skill_md == "# one", "spec.skill_md is not the text of SKILL.md"
        assert made.spec.tag == "v1", "spec.tag is not the tag that was pushed"
        digest = hashlib.sha256(data).hexdigest()
        assert made.status.version_hash == digest, "version_hash is not the artifact's SHA-256"
        ready = self.api.SkillState.Value("SKILL_STATE_READY")
        assert made.status.state == ready, "a pushed skill must be READY"

    def test_pushed_record_is_whole(self, skills: SkillApi, words: Words) -> None:
        """A pushed record says its API version, kind and scope, its storage key and its author."""
        for scope, org in (("organization", words.org), ("platform", "")):
            number = self.api.ApiResourceOwnerScope.Value(scope)
            made = self.push(skills, words(f"Calc {scope}"), org=org, scope=number, tag="v1")
            told = (made.api_version, made.kind)
            assert told == (API_VERSION, KIND), f"the record calls itself {told}"
            assert made.metadata.owner_scope == number, f"the record lost its scope {scope}"
            key = f"skills/{made.status.version_hash}.zip"
            assert made.status.artifact_storage_key == key, f"the storage key is not {key}"
            audit = made.status.audit
            assert audit.spec_audit.event == "created", "a new skill must be `created`"
            assert audit.spec_audit.created_by.id, "the record does not say who made it"
            assert audit.status_audit == audit.spec_audit, "spec_audit and status_audit differ"

    def test_pushed_skill_is_found(self, skills: SkillApi, words: Words) -> None:
        """A pushed skill is the same by id, by reference, and as the push answered."""
        made = self.push(skills, words("Calc"), org=words.org, tag="v1")
        assert self.current(skills, made.metadata.id) == made, "get gave another record"
        found = self.refer(skills, words.slug("calc"), org=words.org)
        assert found == made, "get_by_reference gave another record"

    def test_artifact_comes_back(self, skills: SkillApi, words: Words) -> None:
        """The artifact behind a version's storage key is the one that was pushed, byte for byte."""
        for content in (bytes(range(256)), b"another"):
            data = artifact(skill_md="# one", files={"a.bin": content})
            made = self.push(skills, words("Calc"), org=words.org, artifact=data)
            found = self.content(skills, made.status.artifact_storage_key)
            assert found == data, "the artifact is not the one that was pushed"

    def test_second_push_is_a_version_of_the_first(self, skills: SkillApi, words: Words) -> None:
        """A push of the same name makes a new version and keeps the id."""
        one = self.push(skills, words("Calc"), org=words.org)
        two = self.push(skills, words("Calc"), "# two", org=words.org)
        assert two.metadata.id == one.metadata.id, "an update changed the skill's id"
        assert two.spec.skill_md == "# two", "the update did not take the new content"
        assert self.current(skills, one.metadata.id) == two, "get does not give the newest push"

    def test_update_keeps_what_it_does_not_say(self, skills: SkillApi, words: Words) -> None:
        """An update keeps the creation's author and the scope when it says none."""
        scope = self.api.ApiResourceOwnerScope.Value("organization")
        one = self.push(skills, words("Calc"), org=words.org, scope=scope)
        two = self.push(skills, words("Calc"), "# two", org=words.org)
        assert two.metadata.owner_scope == scope, "an update without scope lost the scope"
        before, after = one.status.audit.spec_audit, two.status.audit.spec_audit
        assert after.created_at == before.created_at, "an update changed created_at"
        assert after.created_by == before.created_by, "an update changed created_by"
        assert (before.event, after.event) == ("created", "updated"), "the audit events are wrong"
        assert two.status.audit.status_audit == after, "spec_audit and status_audit differ"

    def test_update_takes_the_scope_it_says(self, skills: SkillApi, words: Words) -> None:
        """An update that says a scope takes it, when the skill had none before."""
        scope = self.api.ApiResourceOwnerScope.Value("organization")
        self.push(skills, words("Calc"), org=words.org)
        made = self.push(skills, words("Calc"), "# two", org=words.org, scope=scope)
        found = self.current(skills, made.metadata.id)
        for told, skill in (("push", made), ("get", found)):
            taken = skill.metadata.owner_scope
            assert taken == scope, f"an update said scope {scope}, but {told} gives {taken}"

    def test_update_moves_only_updated_at(self, skills: SkillApi, words: Words) -> None:
        """created_at stays at the first push, updated_at is the time of the last."""
        self.needs("can_move_clock")
        before = self.push(skills, words("Calc"), org=words.org).status.audit.spec_audit
        # Two steps: a stamp cut to whole seconds may move by 91 s once, but not twice in a row.
        for text in ("# two", "# three"):
            self.move_clock(skills, _STEP)
            skill = self.push(skills, words("Calc"), text, org=words.org)
            after = skill.status.audit.spec_audit
            assert after.created_at == before.created_at, "an update changed created_at"
            moved = (after.updated_at.ToNanoseconds() - before.updated_at.ToNanoseconds()) / 1e9
            told = f"the clock was moved by {_STEP} s, but updated_at by {moved} s"
            assert -_PRECISION <= moved - _STEP < _DELAY, told
            before = after

    def test_latest_is_the_newest_push(self, skills: SkillApi, words: Words) -> None:
        """'' and `latest` name the newest push, whatever tags there are, `latest` included."""
        self.push(skills, words("Calc"), "# one", org=words.org, tag="latest")
        newest = self.push(skills, words("Calc"), "# two", org=words.org)
        for version in ("", "latest"):
            found = self.refer(skills, words.slug("calc"), version, org=words.org)
            assert found == newest, f"version {version!r} must name the newest push"

    @pytest.mark.parametrize("word", OTHER_WORDS)
    def test_only_latest_means_the_current_version(
        self, skills: SkillApi, words: Words, word: str
    ) -> None:
        """Any other word than `latest` is a tag, which names nothing until it is given."""
        self.push(skills, words("Calc"), "# one", org=words.org)
        what = f"a reference to version {word}, which is no tag of this skill,"
        refusal("NOT_FOUND", what, self.refer, skills, words.slug("calc"), word, org=words.org)
        tagged = self.push(skills, words("Calc"), "# two", org=words.org, tag=word)
        self.push(skills, words("Calc"), "# three", org=words.org)
        found = self.refer(skills, words.slug("calc"), word, org=words.org)
        assert found == tagged, f"tag {word} was given to `# two`, not {found.spec.skill_md!r}"

    def test_tag_names_its_newest_push(self, skills: SkillApi, words: Words) -> None:
        """A tag moved by a second push names that push, also when a third one has come since."""
        for text, tag in (("# one", "stable"), ("# two", "stable"), ("# three", "beta")):
            self.push(skills, words("Calc"), text, org=words.org, tag=tag)
        found = self.refer(skills, words.slug("calc"), "stable", org=words.org).spec.skill_md
        assert found == "# two", f"tag stable was moved to `# two`, but names {found!r}"

    def test_hash_names_its_content(self, skills: SkillApi, words: Words) -> None:
        """A version hash names the push of that content, current or not."""
        pushed = [
            self.push(skills, words("Calc"), text, org=words.org) for text in ("# one", "# two")
        ]
        for skill in pushed:
            digest = skill.status.version_hash
            found = self.refer(skills, words.slug("calc"), digest, org=words.org)
            assert found == skill, f"the hash of {skill.spec.skill_md!r} named another version"

    def test_hash_is_lower_case(self, skills: SkillApi, words: Words) -> None:
        """A version hash in upper case is no hash; it is read as a tag, which does not exist."""
        made = self.push(skills, words("Calc"), org=words.org)
        refusal(
            "NOT_FOUND",
            "a reference to a version hash in upper case",
            self.refer,
            skills,
            words.slug("calc"),
            made.status.version_hash.upper(),
            org=words.org,
        )

    def test_equal_content_is_pushed_again(self, skills: SkillApi, words: Words) -> None:
        """Equal content under another tag and name is a version like any other."""
        self.push(skills, words("Calc"), org=words.org, tag="v1")
        again = self.push(skills, words("CALC"), org=words.org, tag="v2")
        assert again.metadata.name == words("CALC"), "the push of equal content was not taken"
        for tag in ("v1", "v2"):
            found = self.refer(skills, words.slug("calc"), tag, org=words.org)
            assert found.spec.tag == tag, f"tag {tag} names a version with tag {found.spec.tag!r}"

    def test_hash_names_its_newest_push(self, skills: SkillApi, words: Words) -> None:
        """When one content was pushed twice, its hash names the second push."""
        one = self.push(skills, words("Calc"), "# one", org=words.org, tag="old")
        for text, tag in (("# two", ""), ("# one", "new"), ("# three", "")):
            self.push(skills, words("Calc"), text, org=words.org, tag=tag)
        digest = one.status.version_hash
        found = self.refer(skills, words.slug("calc"), digest, org=words.org).spec.tag
        assert found == "new", f"the content was pushed last with tag new, but has tag {found!r}"

    def test_tag_can_move_back(self, skills: SkillApi, words: Words) -> None:
        """A tag given to earlier content again names that content."""
        for text in ("# one", "# two", "# one"):
            self.push(skills, words("Calc"), text, org=words.org, tag="stable")
        self.push(skills, words("Calc"), "# three", org=words.org)
        found = self.refer(skills, words.slug("calc"), "stable", org=words.org).spec.skill_md
        assert found == "# one", f"tag stable was moved back to `# one`, but names {found!r}"

    def test_old_version_is_as_it_was_pushed(self, skills: SkillApi, words: Words) -> None:
        """A version from the history is answered exactly as its push was."""
        one = self.push(skills, words("Calc"), "# one", org=words.org, tag="v1")
        self.push(skills, words("CALC"), "# two", org=words.org, tag="v2")
        found = self.refer(skills, words.slug("calc"), "v1", org=words.org)
        assert found == one, "an archived version is not what its push answered"

    @pytest.mark.parametrize("step", CLOCK_STEPS)
    def test_newest_is_the_last_push(self, skills: SkillApi, words: Words, step: str) -> None:
        """However the clock moves between pushes, the later push is the newer version."""
        self.needs("can_move_clock")
        for text, tag in (("# one", "stable"), ("# two", "stable"), ("# three", "")):
            self.push(skills, words("Calc"), text, org=words.org, tag=tag)
            self.move_clock(skills, CLOCK_STEPS[step])
        told = f"the clock moved {step} between pushes, and"
        for version, expected in (("stable", "# two"), ("latest", "# three")):
            found = self.refer(skills, words.slug("calc"), version, org=words.org).spec.skill_md
            assert found == expected, f"{told} {version} names {found!r}"

    def test_second_client_sees_and_updates_the_same_skill(
        self, skills: SkillApi, words: Words
    ) -> None:
        """What is pushed or deleted through one server is so for another on the same data."""
        self.needs("can_open_twice")
        other = self.beside(skills)
        one = self.push(skills, words("Calc"), "# one", org=words.org)
        two = self.push(other, words("Calc"), "# two", org=words.org)
        assert two.metadata.id == one.metadata.id, "two servers made two skills of one name"
        found = self.refer(skills, words.slug("calc"), org=words.org)
        assert found == two, "the first server does not see the second one's push"
        fresh = self.push(other, words("Fresh"), org=words.org)
        found = self.refer(skills, words.slug("fresh"), org=words.org)
        assert found == fresh, "the first server does not see a skill that the second one made"
        self.delete(other, one.metadata.id)
        refusal(
            "NOT_FOUND",
            "a reference to a skill that another server deleted",
            self.refer,
            skills,
            words.slug("calc"),
            org=words.org,
        )

    @pytest.mark.parametrize("version", ["v9", "f" * 64, "V1", "F" * 64])
    def test_unknown_version_is_not_found(
        self, skills: SkillApi, words: Words, version: str
    ) -> None:
        """A tag or hash that was never pushed is NOT_FOUND; case counts."""
        self.push(skills, words("Calc"), org=words.org, tag="v1")
        refusal(
            "NOT_FOUND",
            f"a reference to version {version}, which was never pushed,",
            self.refer,
            skills,
            words.slug("calc"),
            version,
            org=words.org,
        )

    def test_versions_outlive_the_process(self, skills: SkillApi, words: Words) -> None:
        """After a restart every version, tag and artifact is what it was."""
        self.needs("can_reopen")
        one = self.push(skills, words("Calc"), "# one", org=words.org, tag="stable")
        two = self.push(skills, words("Calc"), "# two", org=words.org)
        skills = self.reopen(skills)
        assert self.current(skills, one.metadata.id) == two, "the current version changed"
        found = self.refer(skills, words.slug("calc"), "stable", org=words.org)
        assert found == one, "the tag names another version after a restart"
        assert self.content(skills, one.status.artifact_storage_key), "the artifact is gone"
