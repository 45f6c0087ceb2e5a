"""Facts about acceptance: what must not be refused, and comes back as it was pushed."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from pytest_stigmer.factories.artifacts import SKILL_MD, artifact
from pytest_stigmer.factories.good_artifacts import GOOD_ARTIFACTS
from pytest_stigmer.kit.skill_declarations import SkillDeclarations, accepted

if TYPE_CHECKING:
    from pytest_stigmer.kit.skill_declarations import Words
    from pytest_stigmer.skills.endpoint import SkillApi

TEXTS = {
    "blanks around it": "\n \t# one \n\n",
    "no newline at its end": "# one",
    "CRLF": "# one\r\ntwo\r\n",
    "CR": "# one\rtwo\r",
    "a byte order mark": "\ufeff# one\n",
    "NUL": "# one\0two\n",
    "control characters": "# one\x1b[1m\x07\x7f\n",
    "blanks alone": " \n",
    "composed letters": "# \u00e9\n",
    "combining letters": "# e\u0301 \u212b\n",
    "letters beyond the basic plane": "# \U0001f9ee\n",
    "separators of lines": "# one\u2028two\u2029three\x85\n",
    "over 64 KiB": "0123456789abcdef" * 4096 + "the end\n",
}
"""What SKILL.md may hold; each is what a careless registry changes."""

GOOD_TAGS = ("v1", "1", "under_score", "hyp-hen", "v1.0.0-rc.1", ".", "_", "-", "..", "MiXeD")
LONG_TAGS = ("a" * 33, "a" * 63, "g" * 64, "a" * 65, "v" * 300)
"""Tags that a version may have; of 64 letters one is no hexadecimal digit."""

GOOD_REFERENCES: dict[str, dict[str, Any]] = {
    "kind skill": {"kind": 43},
    "scope organization and the organisation": {"scope": 2},
}
"""What a reference to an organisation's skill may say beside its name."""

MAX_MESSAGE = 10 * 1024 * 1024
"""Bytes that a message may have."""


class AcceptanceFacts(SkillDeclarations):
    """What must be accepted, and kept as it is."""

    @pytest.mark.parametrize("what", GOOD_ARTIFACTS)
    def test_good_artifact_is_accepted(self, skills: SkillApi, words: Words, what: str) -> None:
        """An artifact within the rules is taken as it is, whatever tool has written it."""
        data = GOOD_ARTIFACTS[what]()
        with ZipFile(io.BytesIO(data)) as archive:
            text = archive.read(SKILL_MD).decode()
        told = f"an artifact with {what}"
        fields = {"org": words.org, "artifact": data}
        made = accepted(f"a push of {told}", self.push, skills, words("Calc"), **fields)
        # Compared first, asserted then: pytest takes minutes to show how two megabytes differ.
        is_text = made.spec.skill_md == text
        assert is_text, f"{told}: spec.skill_md is not the text of its SKILL.md"
        is_hash = made.status.version_hash == hashlib.sha256(data).hexdigest()
        assert is_hash, f"{told}: version_hash is not its SHA-256"
        is_data = self.content(skills, made.status.artifact_storage_key) == data
        assert is_data, f"{told} does not come back byte for byte"

    def test_message_of_10_mib_is_accepted(self, skills: SkillApi, words: Words) -> None:
        """A request of exactly 10 MiB is within the limit."""
        filler = MAX_MESSAGE - 1000
        for _ in range(2):
            data = artifact(skill_md="# big", files={"big.bin": bytes(filler)})
            request = self.api.PushSkillRequest(name=words("Big"), org=words.org, artifact=data)
            filler += MAX_MESSAGE - request.ByteSize()
        made = accepted(f"a push of {request.ByteSize()} bytes", skills.push, request)
        digest = hashlib.sha256(data).hexdigest()
        assert made.status.version_hash == digest, "version_hash is not the artifact's SHA-256"

    @pytest.mark.parametrize("what", TEXTS)
    def test_skill_md_is_kept_as_it_is(self, skills: SkillApi, words: Words, what: str) -> None:
        """The text of SKILL.md is the file's, letter by letter, when pushed, current and old."""
        text = TEXTS[what]
        made = self.push(skills, words("Calc"), text, org=words.org, tag="v1")
        current = self.current(skills, made.metadata.id)
        self.push(skills, words("Calc"), "# two", org=words.org)
        old = self.refer(skills, words.slug("calc"), "v1", org=words.org)
        for told, found in (("push", made), ("get", current), ("get_by_reference", old)):
            is_same = found.spec.skill_md == text
            assert is_same, (
                f"a SKILL.md with {what} is changed in the answer of {told}: "
                f"{text[-40:]!r} became {found.spec.skill_md[-40:]!r}"
            )

    @pytest.mark.parametrize("tag", [*GOOD_TAGS, *LONG_TAGS])
    def test_good_tag_names_its_push(self, skills: SkillApi, words: Words, tag: str) -> None:
        """A tag of letters, digits, `.`, `_` and `-`, however long, names what it was given to."""
        one = self.push(skills, words("Calc"), org=words.org, tag=tag)
        for _ in range(2):
            found = self.refer(skills, words.slug("calc"), tag, org=words.org)
            assert found == one, f"tag {tag} names another version than the one pushed with it"
            self.push(skills, words("Calc"), "# two", org=words.org)

    @pytest.mark.parametrize("what", GOOD_REFERENCES)
    def test_good_reference_is_accepted(self, skills: SkillApi, words: Words, what: str) -> None:
        """A reference that says the kind or the scope of its skill names it, current and old."""
        fields = GOOD_REFERENCES[what]
        if "scope" in fields:
            self.needs("has_organisations")
        old = self.push(skills, words("Calc"), org=words.org, tag="v1")
        current = self.push(skills, words("Calc"), "# two", org=words.org)
        for version, skill in (("", current), ("v1", old)):
            told = f"a reference with {what} to version {version!r}"
            slug, org = words.slug("calc"), words.org
            found = accepted(told, self.refer, skills, slug, version, org=org, **fields)
            assert found == skill, f"{told} names another skill or version"

    @pytest.mark.parametrize("length", [61, 64, 96, 256, 1000])
    def test_long_name_is_accepted(self, skills: SkillApi, words: Words, length: int) -> None:
        """A name and its slug have no limit of length."""
        name = "N" * length
        made = self.push(skills, words(name), org=words.org)
        slug = words.slug(name.lower())
        is_whole = (made.metadata.name, made.metadata.slug) == (words(name), slug)
        assert is_whole, f"name or slug of a name of {length} letters was changed"
        assert self.refer(skills, slug, org=words.org) == made, "the long slug names another skill"
