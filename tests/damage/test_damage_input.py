"""Hostile input is answered as the contract says, whatever its bytes: nothing breaks down."""

from __future__ import annotations

import io
import re
import string
import struct
import zipfile
from hashlib import sha256
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_stigmer.errors import ArchiveError, StatusError
from pytest_stigmer.explore.model_rules import model_slug
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS, bad_artifact
from pytest_stigmer.skills.archive import Archive, ArchiveReader
from pytest_stigmer.skills.controller import slug_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry

METHODS = ("push", "delete", "get", "getByReference", "getArtifact")
CODES = {
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "DATA_LOSS",
    "INTERNAL",
    "RESOURCE_EXHAUSTED",
    "UNIMPLEMENTED",
}
VALID = artifact(skill_md="# one", files={"a.txt": "a", "scripts/run.sh": "true"})
TAG = re.compile(r"(?:[a-zA-Z0-9._-]+)?", re.ASCII)
HASH_LIKE = re.compile("[0-9a-fA-F]{64}")
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="aA1._-/\\ \0\n\t%*?[]'\"$", max_size=12),
)

hostile = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=list(HealthCheck),
)


def answer(call: Callable[..., Any], *arguments: Any) -> str:
    """Return the status of a call, 'OK' for an answer; anything but a status fails the test."""
    try:
        call(*arguments)
    except StatusError as error:
        refusal = error
    else:
        return "OK"
    assert refusal.code in CODES, refusal
    assert not refusal.details.startswith("internal error"), refusal
    return refusal.code


@hostile
@given(data=st.data(), method=st.sampled_from(METHODS))
def test_broken_requests_get_a_status(
    assembled_once: Registry, api: Generation, method: str, data: st.DataObject
) -> None:
    """A request that was right and is damaged on its way gets a message or a status."""
    requests = {
        "push": api.PushSkillRequest(name="Calc", org="o", tag="v1", artifact=VALID),
        "delete": api.SkillId(value="skl-1"),
        "get": api.SkillId(value="skl-1"),
        "getByReference": api.ApiResourceReference(slug="calc", org="o", version="v1", kind=43),
        "getArtifact": api.GetArtifactRequest(artifact_storage_key=f"skills/{'a' * 64}.zip"),
    }
    request = data.draw(damaged(requests[method].SerializeToString()))
    answer(assembled_once.endpoint.call, method, request)


@st.composite
def damaged(draw: st.DrawFn, original: bytes) -> bytes:
    """Draw a copy in which some bytes are others, missing, doubled or cut off."""
    changed = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(changed) - 1)))
        length = draw(st.integers(0, 8))
        changed[place : place + length] = draw(st.binary(max_size=8))
    return bytes(changed[: draw(st.integers(0, len(changed)))] if draw(st.booleans()) else changed)


def deflated(text: str) -> bytes:
    """Return an artifact with this SKILL.md whose entries are compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("SKILL.md", text)
        archive.writestr("a.txt", "a" * 50)
    return packed.getvalue()


def cut(data: bytes) -> bytes:
    """Return an archive whose directory says that its first entry is a byte shorter."""
    shorter, at = bytearray(data), data.index(b"PK\1\2")
    for field in (at + 20, at + 24):
        (size,) = struct.unpack_from("<L", data, field)
        struct.pack_into("<L", shorter, field, size - 1)
    return bytes(shorter)


TEXT = "# one\n" * 9
ARCHIVES = (artifact(skill_md=TEXT, files={"a.txt": "a"}), deflated(TEXT))


@hostile
@given(data=st.one_of(st.binary(max_size=300), *map(damaged, ARCHIVES)))
@example(data=ARCHIVES[0][:-1])
@example(data=cut(ARCHIVES[0]))
@example(data=cut(ARCHIVES[1]))
@example(data=ARCHIVES[0].replace(b"# one", b"# two", 1))
@example(data=b"PK\5\6" + b"\0" * 18)
def test_damaged_archive_is_read_whole_or_refused(data: bytes) -> None:
    """An archive gives the SKILL.md that was packed, under its own hash, or an ArchiveError.

    Every length and checksum is compared, also a checksum of 0: another text needs a damage that
    its checksum fits by chance, one in four thousand million.
    """
    try:
        found = ArchiveReader().read(data)
    except ArchiveError:
        return
    assert found == Archive(TEXT, sha256(data).hexdigest())


@pytest.mark.parametrize("data", ARCHIVES, ids=["stored", "deflated"])
def test_archive_with_any_one_byte_changed_is_read_whole_or_refused(data: bytes) -> None:
    """Wherever one byte is another, the text is the one that was packed, or an ArchiveError."""
    texts = set()
    for at, change in product(range(len(data)), (0x01, 0x20, 0x80, 0xFF)):
        damaged_data = data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]
        try:
            texts.add(ArchiveReader().read(damaged_data).skill_md)
        except ArchiveError:
            texts.add("")
    assert texts == {TEXT, ""}


SLOW_TO_BUILD = {"too_many_files", "total_size"}
GOOD_WHEN_CUT = {"two_archives"}
"""What is good where it is cut behind the first of two."""


@pytest.mark.parametrize("kind", sorted(set(BAD_ARTIFACTS) - SLOW_TO_BUILD - GOOD_WHEN_CUT))
def test_bad_archive_that_is_cut_anywhere_is_refused(kind: str) -> None:
    """Cutting a bad archive short at any place does not make it acceptable."""
    data = bad_artifact(kind)
    for length in range(0, len(data), max(1, len(data) // 40)):
        with pytest.raises(ArchiveError):
            ArchiveReader().read(data[:length])


@hostile
@given(name=TEXTS)
def test_slug_is_clean_and_final(name: str) -> None:
    """A slug holds ASCII letters, digits and single inner hyphens, and is its own slug."""
    slug = slug_of(name)
    assert slug == model_slug(name)
    assert set(slug) <= set(string.ascii_lowercase + string.digits + "-")
    assert "--" not in slug
    assert slug == slug.strip("-")
    assert slug_of(slug) == slug


@hostile
@given(tag=TEXTS)
@example(tag="v1\n")
@example(tag="\u0661")
@example(tag="a" * 64)
def test_tag_is_accepted_or_refused_by_its_pattern(
    assembled_once: Registry, api: Generation, tag: str
) -> None:
    """A tag of letters, digits, dots, hyphens and underscores is accepted, any other refused."""
    request = api.PushSkillRequest(name="Tagged", tag=tag, artifact=VALID)
    is_good = bool(TAG.fullmatch(tag)) and not HASH_LIKE.fullmatch(tag)
    expected = "OK" if is_good else "INVALID_ARGUMENT"
    assert answer(assembled_once.client().push, request) == expected


@hostile
@given(slug=TEXTS, org=TEXTS, version=TEXTS, scope=st.integers(-1, 5), kind=st.integers(-1, 60))
def test_reference_gets_an_answer_or_a_refusal(
    assembled_once: Registry,
    api: Generation,
    slug: str,
    org: str,
    version: str,
    scope: int,
    kind: int,
) -> None:
    """Whatever a reference says, the answer is a skill, NOT_FOUND or INVALID_ARGUMENT."""
    fields = {"slug": slug, "org": org, "version": version, "scope": scope, "kind": kind}
    request = api.ApiResourceReference(**fields)
    code = answer(assembled_once.client().get_by_reference, request)
    assert code in {"OK", "NOT_FOUND", "INVALID_ARGUMENT"}


@pytest.fixture
def assembled_once(assembled: Callable[..., Registry]) -> Registry:
    """Give one registry for all examples of a test."""
    return assembled()
