"""Registries that read into SKILL.md, or into the key of an artifact, what nobody has written."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.defects.skill_changes import alike, with_metadata, with_text, with_version
from pytest_stigmer.errors import ArchiveError, StatusError
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stigmer.api.values import Skill
    from pytest_stigmer.skills.zipdirectory import Entry

_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)
_COMMENTS = re.compile(r"(?m)^# .*\n(?=(?s:.*)^---\n)")


def _named_within(made: Skill, _: Skill | None) -> Skill:
    """Take the name that SKILL.md says."""
    found = re.match(r"---\nname: *(\S.*)\n", made.skill_md)
    named = replace(made.metadata, name=found[1]) if found else made.metadata
    return replace(made, metadata=named)


class _Parsing(ArchiveReader):
    """Refuses a front matter that does not end."""

    def skill_md(self, data: bytes, entry: Entry) -> str:
        text = super().skill_md(data, entry)
        if text.startswith("---\n") and not _FRONT_MATTER.match(text):
            raise ArchiveError("front matter without an end")
        return text


class _AnyCase(ArtifactStorage):
    """Finds a key in capitals."""

    def path_of(self, key: str) -> Path:
        return super().path_of(key.lower())

    def verify(self, key: str, data: bytes) -> None:
        super().verify(key.lower(), data)


class _Trimming(ArtifactStorage):
    """Leaves out blanks and slashes around a key."""

    def read(self, key: str) -> bytes:
        return super().read(key.strip(" /"))


class _FirstDigits(ArtifactStorage):
    """Finds a key by the first digits of its hash."""

    def read(self, key: str) -> bytes:
        found = re.fullmatch(r"skills/([0-9a-f]{7,63})\.zip", key)
        files = self.root.glob(f"skills/{found[1]}*.zip") if found else ()
        return super().read(next((f"skills/{file.name}" for file in files), key))


class _OneName(ArtifactStorage):
    """Writes under one name beside an artifact's own, which nobody else may have left."""

    def store(self, data: bytes) -> StoredArtifact:
        key = self.key_of(sha256(data).hexdigest())
        if self.path_of(key).with_suffix(".tmp").exists():
            raise StatusError("INTERNAL", f"failed to store artifact: {key}: File exists")
        return super().store(data)


NEAR_KEYS = (
    *alike(
        "A key that works here leads to nothing on the real server, or elsewhere one day.",
        "contract 0: only skills/<64 hex>.zip",
        {
            "keys-ignore-case": partial(in_place, part=_AnyCase),
            "keys-are-trimmed": partial(in_place, part=_Trimming),
            "keys-may-be-abbreviated": partial(in_place, part=_FirstDigits),
        },
    ),
    Row(
        "leftover-blocks-the-push",
        "After a push that was killed nobody can push this content any more.",
        "contract 3.9, a temporary file of a fixed name",
        partial(in_place, part=_OneName),
    ),
)

NEAR_RECORDS = (
    Row(
        "annotations-go-without-labels",
        "Notes on a skill that nobody has labelled are lost with its next push.",
        "D3, for one of the two maps",
        with_metadata(lambda made, _: made if made.labels else replace(made, annotations={})),
    ),
    Row(
        "new-skills-get-labels",
        "Who selects skills by label finds what nobody has labelled.",
        "contract 3.3: labels, annotations and tags are never set",
        with_metadata(
            lambda made, before: made if before else replace(made, labels={"managed-by": "push"})
        ),
    ),
)

NEAR_INSTRUCTIONS = (
    *alike(
        "The instructions are not the ones that the author has signed by their hash.",
        "contract 3.8: SKILL.md is taken as is",
        {
            "front-matter-is-dropped": with_text(partial(_FRONT_MATTER.sub, "", count=1)),
            "front-matter-loses-its-comments": with_text(partial(_COMMENTS.sub, "")),
            "blank-lines-are-joined": with_text(partial(re.sub, "\n{3,}", "\n\n")),
        },
    ),
    Row(
        "front-matter-names-the-skill",
        "Who pushes under a name of his own finds another one, and its slug beside it.",
        "contract 3.3: name as given",
        with_version(_named_within),
    ),
    Row(
        "broken-front-matter-is-refused",
        "A text that the real server takes cannot be pushed here.",
        "contract 3.8: SKILL.md is taken as is",
        partial(in_place, part=_Parsing),
    ),
    Row(
        "instructions-are-escaped",
        "An agent reads &lt; where the author wrote a sign.",
        "contract 3.8: SKILL.md is taken as is",
        with_text(partial(html.escape, quote=False)),
    ),
)
