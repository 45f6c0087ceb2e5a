"""Skill APIs that are wrong in one small way each break the fact that is about it, in words."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_STORED, ZipFile

import pytest

from pytest_stigmer.errors import StatusError
from pytest_stigmer.explore.skill_model import SkillModel
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.factories.good_artifacts import GOOD_ARTIFACTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from zipfile import ZipInfo

    from conftest import Broken, Clock

    from pytest_stigmer.api.generation import Generation


class Changed:
    """A skill API whose requests and answers are changed on their way; the caller's stay."""

    def __init__(
        self,
        skills: Any,
        asked: Callable[[Any], None] = lambda _: None,
        answered: Callable[[Any], None] = lambda _: None,
    ) -> None:
        self.skills, self.clock = skills, skills.clock
        self.asked, self.answered = asked, answered

    def __getattr__(self, verb: str) -> Callable[[Any], Any]:
        """Return the call of this name."""
        return lambda request: self._call(getattr(self.skills, verb), request)

    def _call(self, call: Callable[[Any], Any], request: Any) -> Any:
        mine = type(request).FromString(request.SerializeToString())
        self.asked(mine)
        answer = call(mine)
        answer = type(answer).FromString(answer.SerializeToString())
        self.answered(answer)
        return answer


def refusing(is_bad: Callable[[list[ZipInfo], ZipFile], bool]) -> Callable[[Any], None]:
    """Refuse pushes by what Python reads in their artifact."""

    def asked(request: Any) -> None:
        if getattr(request, "artifact", b"").startswith(b"PK"):
            with ZipFile(io.BytesIO(request.artifact)) as archive:
                if is_bad(archive.infolist(), archive):
                    raise StatusError("INVALID_ARGUMENT", "no such artifact is taken here")

    return asked


def without(field: str, pattern: str) -> Callable[[Any], None]:
    """Refuse requests with a field like this."""

    def asked(request: Any) -> None:
        if re.search(pattern, getattr(request, field, "")):
            raise StatusError("INVALID_ARGUMENT", f"no such {field} is taken here")

    return asked


def rewritten(field: str, change: Callable[[str], str]) -> Callable[[Any], None]:
    """Change a text of the request."""

    def asked(request: Any) -> None:
        if hasattr(request, field):
            setattr(request, field, change(getattr(request, field)))

    return asked


def skill_md(change: Callable[[str], str]) -> Callable[[Any], None]:
    """Change the text of SKILL.md in the answer."""

    def answered(answer: Any) -> None:
        if hasattr(answer, "spec"):
            answer.spec.skill_md = change(answer.spec.skill_md)

    return answered


def identified(change: Callable[[str], str]) -> Callable[[Any], None]:
    """Change the id in the answer."""

    def answered(answer: Any) -> None:
        if hasattr(answer, "metadata"):
            answer.metadata.id = change(answer.metadata.id)

    return answered


def whole_seconds(answer: Any) -> None:
    """Cut the time of the last change to seconds."""
    if hasattr(answer, "status"):
        answer.status.audit.spec_audit.updated_at.nanos = 0


def latest(*words: str) -> Callable[[str], str]:
    """Read some words as the current version."""
    return lambda version: "latest" if version in words else version


def _entries(has: Callable[[ZipInfo], bool]) -> Callable[[Any], None]:
    return refusing(lambda infos, _: any(has(info) for info in infos))


def _ratio_over(most: float) -> Callable[[Any], None]:
    return _entries(lambda info: info.file_size > most * (info.compress_size or info.file_size))


def _text_over(size: int) -> Callable[[Any], None]:
    return _entries(lambda info: info.filename == "SKILL.md" and info.file_size >= size)


def _too_large(request: Any) -> None:
    if request.ByteSize() >= 10 * 2**20:
        raise StatusError("RESOURCE_EXHAUSTED", "too large")


def _artifact(what: str) -> str:
    return f"good_artifact_is_accepted[{what}]"


def _text(what: str) -> str:
    return f"skill_md_is_kept_as_it_is[{what}]"


LONGEST = "a SKILL.md of 1048576 bytes"
REFUSES: dict[str, tuple[Callable[[Any], None], str]] = {
    "deflated files": (
        _entries(lambda info: info.compress_type != ZIP_STORED),
        _artifact("deflated files"),
    ),
    "stored files": (
        _entries(lambda info: info.compress_type == ZIP_STORED),
        _artifact("stored files"),
    ),
    "folder entries": (_entries(lambda info: info.is_dir()), _artifact("folders")),
    "comments": (refusing(lambda _, archive: bool(archive.comment)), _artifact("a comment")),
    "comments on entries": (
        _entries(lambda info: bool(info.comment)),
        _artifact("comments on its entries"),
    ),
    "extra fields": (_entries(lambda info: bool(info.extra)), _artifact("times in an extra field")),
    "data descriptors": (
        _entries(lambda info: bool(info.flag_bits & 8)),
        _artifact("data descriptors"),
    ),
    "DOS": (_entries(lambda info: info.create_system == 0), _artifact("entries written on DOS")),
    "empty files": (
        _entries(lambda info: not info.file_size and not info.is_dir()),
        _artifact("empty files"),
    ),
    "names beyond ASCII": (
        _entries(lambda info: not info.filename.isascii()),
        _artifact("unusual names"),
    ),
    "more than 100 files": (refusing(lambda infos, _: len(infos) > 100), _artifact("10000 files")),
    "10000 files": (refusing(lambda infos, _: len(infos) >= 10_000), _artifact("10000 files")),
    "SKILL.md over 512 KiB": (_text_over(2**19 + 1), _artifact(f"{LONGEST}, stored")),
    "SKILL.md of 1 MiB": (_text_over(2**20), _artifact(f"{LONGEST}, deflated")),
    "a ratio of 100": (_ratio_over(99.9), _artifact("a ratio of 100:1")),
    "a ratio of 100 and a fraction": (_ratio_over(100), _artifact("a ratio of 100.9:1")),
    "two files named SKILL.md": (
        refusing(lambda infos, _: sum("SKILL.md" in info.filename for info in infos) > 1),
        _artifact("a SKILL.md in a folder too"),
    ),
    "over 1 MiB": (
        refusing(lambda infos, _: sum(info.compress_size for info in infos) > 2**21),
        _artifact("three megabytes"),
    ),
    "messages of 10 MiB": (_too_large, "message_of_10_mib_is_accepted"),
    "_ in tags": (without("tag", "_"), "good_tag_names_its_push[under_score]"),
    "- in tags": (without("tag", "-"), "good_tag_names_its_push[hyp-hen]"),
    "long tags": (without("tag", "^.{33}"), f"good_tag_names_its_push[{'a' * 33}]"),
    "tags as long as hashes": (without("tag", "^.{64}$"), f"good_tag_names_its_push[{'g' * 64}]"),
    "long names": (without("name", "^.{61}"), "long_name_is_accepted[61]"),
}
"""What is refused and must not be, and the fact that must say so."""

REWRITES: dict[str, tuple[Callable[[Any], None], str]] = {
    "organisations in lower case": (
        rewritten("org", str.lower),
        "organisations_are_exact[another case]",
    ),
    "organisations stripped": (
        rewritten("org", str.strip),
        "organisations_are_exact[a blank behind it]",
    ),
    "organisations cut at NUL": (
        rewritten("org", lambda org: org.partition("\0")[0]),
        "organisations_are_exact[NUL behind it]",
    ),
    "LATEST": (
        rewritten("version", latest("LATEST")),
        "only_latest_means_the_current_version[LATEST]",
    ),
    "head": (rewritten("version", latest("head")), "only_latest_means_the_current_version[head]"),
}
"""How a request is read, and the fact that must say so."""

ANSWERS: dict[str, tuple[Callable[[Any], None], str]] = {
    "trimmed": (skill_md(str.strip), _text("blanks around it")),
    "with a newline": (skill_md(lambda text: text.rstrip() + "\n"), _text("no newline at its end")),
    "CRLF as LF": (skill_md(lambda text: text.replace("\r\n", "\n")), _text("CRLF")),
    "CR as LF": (skill_md(lambda text: text.replace("\r", "\n")), _text("CR")),
    "without BOM": (skill_md(lambda text: text.removeprefix("\ufeff")), _text("a byte order mark")),
    "cut at NUL": (skill_md(lambda text: text.partition("\0")[0]), _text("NUL")),
    "cut at 64 KiB": (skill_md(lambda text: text[: 2**16]), _text("over 64 KiB")),
    "composed": (
        skill_md(lambda text: unicodedata.normalize("NFC", text)),
        _text("combining letters"),
    ),
    "decomposed": (
        skill_md(lambda text: unicodedata.normalize("NFD", text)),
        _text("composed letters"),
    ),
    "ids in upper case": (identified(str.upper), "id_is_a_ulid_of_skills"),
    "ids with another prefix": (
        identified(lambda skill_id: skill_id.replace("skl-", "skill-")),
        "id_is_a_ulid_of_skills",
    ),
    "times in whole seconds": (whole_seconds, "update_moves_only_updated_at"),
}
"""What the answers are, and the fact that must say so."""

ALL = {
    **{f"refuses {what}": (fact, {"asked": change}) for what, (change, fact) in REFUSES.items()},
    **{f"reads {what}": (fact, {"asked": change}) for what, (change, fact) in REWRITES.items()},
    **{f"answers {what}": (fact, {"answered": change}) for what, (change, fact) in ANSWERS.items()},
}


@pytest.fixture
def sound(clock: Clock, api: Generation) -> Callable[[], SkillModel]:
    """Give a function that makes a skill API that keeps the contract, with nothing in it."""
    return lambda: SkillModel(StoreModel(), clock, api)


@pytest.mark.parametrize("what", ALL)
def test_wrong_skills_are_named(
    what: str, sound: Callable[[], SkillModel], verdict_on: Callable[..., Broken | None]
) -> None:
    """A skill API that is wrong in one way breaks the fact about it; a sound one keeps it."""
    fact, changes = ALL[what]
    assert verdict_on(f"Skills.test_{fact}", Changed(sound())) is None, "a sound API breaks it"
    told = verdict_on(f"Skills.test_{fact}", Changed(sound(), **changes))
    assert told is not None, f"a skill API that {what} keeps {fact}"
    assert told.in_words, told.why


REWORDED = {
    "ambiguous_reference_is_not_found": "skill not found",
    "strange_storage_key_is_not_found[skills]": "stat /srv/stigmer/skills: not found",
}
"""Facts about the text of a refusal, and a text that breaks each."""


@pytest.mark.parametrize("fact", REWORDED)
def test_text_of_a_refusal_is_judged(
    fact: str, sound: Callable[[], SkillModel], verdict_on: Callable[..., Broken | None]
) -> None:
    """The right status with a text that hides what is wrong, or tells a path, is named."""

    class Reworded(Changed):
        def _call(self, call: Callable[[Any], Any], request: Any) -> Any:
            try:
                return call(request)
            except StatusError as error:
                raise StatusError(error.code, REWORDED[fact]) from error

    told = verdict_on(f"Skills.test_{fact}", Reworded(sound()))
    assert told is not None
    assert told.in_words, told.why


@pytest.mark.parametrize("ratio", [100.0, 100.9])
def test_ratios_are_what_they_say(ratio: float) -> None:
    """The artifacts of a ratio unpack to that many times their packed size."""
    with ZipFile(io.BytesIO(GOOD_ARTIFACTS[f"a ratio of {ratio:g}:1"]())) as archive:
        assert archive.testzip() is None
        info = archive.getinfo("data.txt")
    assert info.file_size / info.compress_size == pytest.approx(ratio, abs=0.05)
    assert info.file_size // info.compress_size == 100
