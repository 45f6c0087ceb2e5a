"""Facts about refusals: what must not be accepted, with which status, and leaving no trace."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS, bad_artifact
from pytest_stigmer.kit.skill_declarations import SkillDeclarations, refusal

if TYPE_CHECKING:
    from pytest_stigmer.kit.skill_declarations import Words
    from pytest_stigmer.skills.endpoint import SkillApi

BAD_PUSHES: dict[str, dict[str, Any]] = {
    "an empty name": {"name": ""},
    "a name without a letter or digit": {"name": "!!!"},
    "a name in another script": {"name": "\u65e5\u672c\u8a9e"},
    "a name of blanks": {"name": "   "},
    "no artifact": {"artifact": b""},
    "a tag with a blank": {"tag": "v 1"},
    "a tag with a newline": {"tag": "v1\n"},
    "a tag with a slash": {"tag": "a/b"},
    "a tag of 64 hexadecimal digits": {"tag": "a" * 64},
    "a tag of 64 hexadecimal digits in upper case": {"tag": "A" * 64},
    "scope identity_account": {"scope": 3},
    "a scope that does not exist": {"scope": 7},
    "scope organization without an organisation": {"scope": 2, "org": ""},
    "scope platform with an organisation": {"scope": 1},
}
"""What a push must not say."""

BAD_REFERENCES: dict[str, dict[str, Any]] = {
    "no slug": {"slug": ""},
    "a version with a blank": {"version": "v 1"},
    "a version with a newline": {"version": "v1\n"},
    "scope identity_account": {"scope": 3},
    "a scope that does not exist": {"scope": 7},
    "scope organization without an organisation": {"scope": 2, "org": ""},
    "a kind that is not skill": {"kind": 40},
    "a kind that does not exist": {"kind": 999},
}
"""What a reference must not say."""

STRANGE_KEYS = (
    "../stigmer.db",
    "../../../../etc/hostname",
    "/etc/hostname",
    "skills",
    "skills/",
    "skills/../skills",
    f"skills/{'A' * 64}.zip",
    f"skills/{'a' * 64}.zip\n",
    f"skills/{'a' * 64}.zip\0",
    "skills/\0.zip",
    "x" * 5000,
)
"""Storage keys that name no artifact."""

ABSOLUTE_PATH = re.compile(
    r"""
    file:\S+
    | \b[A-Za-z]:[/\\] (?!/) \S*        # below a drive; `https://` has two slashes
    | (?<![\w.~<>*/\\-]) / (?!/) [\w.~-] \S*  # from the root, and not within a relative path
    """,
    re.VERBOSE,
)
"""A path from the root of a file system, as a text may hold it."""


class RefusalFacts(SkillDeclarations):
    """What must be refused."""

    @pytest.mark.parametrize("what", BAD_PUSHES)
    def test_bad_push_is_refused(self, skills: SkillApi, words: Words, what: str) -> None:
        """A push that breaks a rule of its fields is INVALID_ARGUMENT and changes nothing."""
        made = self.push(skills, words("Calc"), org=words.org)
        fields: dict[str, Any] = {"name": words("Calc"), "text": "# two", "org": words.org}
        fields |= BAD_PUSHES[what]
        refusal("INVALID_ARGUMENT", f"a push with {what}", self.push, skills, **fields)
        assert self.current(skills, made.metadata.id) == made, f"a push with {what} left a trace"

    @pytest.mark.parametrize("kind", BAD_ARTIFACTS)
    def test_bad_artifact_is_refused(self, skills: SkillApi, words: Words, kind: str) -> None:
        """An artifact that breaks a rule of archives is refused and changes nothing."""
        bad = BAD_ARTIFACTS[kind]
        made = self.push(skills, words("Calc"), org=words.org)
        refusal(
            bad.code,
            f"an artifact of kind {kind} ({bad.harm})",
            self.push,
            skills,
            words("Calc"),
            org=words.org,
            artifact=bad_artifact(kind),
        )
        assert self.current(skills, made.metadata.id) == made, "a refused push left a trace"

    def test_refused_first_push_makes_no_skill(self, skills: SkillApi, words: Words) -> None:
        """After a refused first push there is no skill and no version of it."""
        data = f"no ZIP {words.nonce}".encode()
        fields = {"org": words.org, "tag": "v1", "artifact": data}
        refusal(
            "INVALID_ARGUMENT",
            "an artifact that is no ZIP",
            self.push,
            skills,
            words("Calc"),
            **fields,
        )
        for version in ("", "v1"):
            refusal(
                "NOT_FOUND",
                "a reference to a skill whose only push was refused",
                self.refer,
                skills,
                words.slug("calc"),
                version,
                org=words.org,
            )

        key = f"skills/{hashlib.sha256(data).hexdigest()}.zip"
        refusal("NOT_FOUND", "the artifact of a refused push", self.content, skills, key)

    def test_every_wrong_field_is_named(self, skills: SkillApi) -> None:
        """A push with several wrong fields names all of them."""
        text = refusal(
            "INVALID_ARGUMENT",
            "a push without name and artifact and with a wrong tag",
            self.push,
            skills,
            "",
            artifact=b"",
            tag="v 1",
        )
        unnamed = [field for field in ("name", "artifact", "tag") if field not in text]
        assert not unnamed, f"the refusal does not name the field(s) {', '.join(unnamed)}: {text}"

    def test_message_over_10_mib_is_refused(self, skills: SkillApi, words: Words) -> None:
        """A request of more than 10 MiB is RESOURCE_EXHAUSTED."""
        data = artifact(skill_md="# big", files={"big.bin": bytes(10 * 1024 * 1024)})
        refusal(
            "RESOURCE_EXHAUSTED",
            "a push of more than 10 MiB",
            self.push,
            skills,
            words("Big"),
            org=words.org,
            artifact=data,
        )

    @pytest.mark.parametrize("what", BAD_REFERENCES)
    def test_bad_reference_is_refused(self, skills: SkillApi, words: Words, what: str) -> None:
        """A reference that breaks a rule is INVALID_ARGUMENT, whether or not the skill exists."""
        self.push(skills, words("Calc"), org=words.org)
        fields = {"slug": words.slug("calc"), "org": words.org, **BAD_REFERENCES[what]}
        refusal("INVALID_ARGUMENT", f"a reference with {what}", self.refer, skills, **fields)

    def test_reference_slug_is_taken_as_it_is(self, skills: SkillApi, words: Words) -> None:
        """A reference's slug is compared exactly: a name is no slug, and patterns are text."""
        self.push(skills, words("Calc"), org=words.org)
        slug = words.slug("calc")
        for near in (words("Calc"), slug.upper(), f" {slug}", f"{slug}%", slug[:-1], f"{slug}\0"):
            refusal(
                "NOT_FOUND",
                f"a reference to slug {near!r}, where only {slug!r} exists,",
                self.refer,
                skills,
                near,
                org=words.org,
            )

    def test_empty_id_is_refused(self, skills: SkillApi) -> None:
        """Get and delete of the empty id are INVALID_ARGUMENT."""
        refusal("INVALID_ARGUMENT", "get of the empty id", self.current, skills, "")
        refusal("INVALID_ARGUMENT", "delete of the empty id", self.delete, skills, "")

    def test_unknown_id_is_not_found(self, skills: SkillApi, words: Words) -> None:
        """Get and delete of an id that was never given out are NOT_FOUND."""
        for skill_id in (f"skl-{words.nonce}", "%", "'", "skl-*", "a\0b"):
            told = f"of id {skill_id!r}, which was never given out,"
            refusal(
                "NOT_FOUND",
                f"get {told}",
                self.current,
                skills,
                skill_id,
            )
            refusal(
                "NOT_FOUND",
                f"delete {told}",
                self.delete,
                skills,
                skill_id,
            )

    def test_empty_storage_key_is_refused(self, skills: SkillApi) -> None:
        """get_artifact of the empty key is INVALID_ARGUMENT."""
        refusal("INVALID_ARGUMENT", "get_artifact of ''", self.content, skills, "")

    @pytest.mark.parametrize("key", STRANGE_KEYS, ids=range(len(STRANGE_KEYS)))
    def test_strange_storage_key_is_not_found(self, skills: SkillApi, key: str) -> None:
        """A key that names no artifact is NOT_FOUND; none leads out of the storage."""
        self.push(skills, "Storage exists", org="contract-kit")
        what = f"get_artifact of {key[:40]!r}"
        text = refusal("NOT_FOUND", what, self.content, skills, key)
        path = ABSOLUTE_PATH.search(text.replace(key, ""))
        assert not path, f"{what} tells a path of the machine, {path and path[0]}: {text}"
