"""Bad artifacts: each has the flaw that its kind names, and nothing else is wrong with it."""

import io
import zipfile
import zlib

import pytest

from pytest_stigmer.errors import ArchiveError, UsageError
from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS, bad_artifact
from pytest_stigmer.factories.flawed_content import MAX_FILES, MAX_SKILL_MD, MAX_TOTAL, PASSWORD
from pytest_stigmer.skills import archive as rules

LARGEST = 512 * 1024


def opened(kind: str) -> zipfile.ZipFile:
    """Open a bad artifact with Python's own reader."""
    return zipfile.ZipFile(io.BytesIO(bad_artifact(kind)))


def raw(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry's bytes as they lie in the file."""
    entry = archive.getinfo(name)
    data = archive.fp.read() if archive.fp and not archive.fp.seek(0) else b""
    start = entry.header_offset + 30 + len(name)
    return data[start : start + entry.compress_size]


@pytest.mark.parametrize("kind", BAD_ARTIFACTS)
def test_a_bad_artifact_is_small(kind: str) -> None:
    """No kind weighs more than half a megabyte."""
    assert len(bad_artifact(kind)) <= LARGEST


@pytest.mark.parametrize("kind", BAD_ARTIFACTS)
def test_a_bad_artifact_says_its_harm_and_its_answer(kind: str) -> None:
    """Every kind has a harm, a code and a text."""
    bad = BAD_ARTIFACTS[kind]
    assert (bad.kind, bad.code) == (kind, "INVALID_ARGUMENT")
    assert bad.harm
    assert bad.text


@pytest.mark.parametrize("kind", BAD_ARTIFACTS)
def test_a_bad_artifact_is_the_same_each_time(kind: str) -> None:
    """Building again gives equal bytes."""
    assert BAD_ARTIFACTS[kind].build() == bad_artifact(kind)


def test_no_two_kinds_are_the_same_artifact() -> None:
    """Every kind has bytes of its own."""
    assert len({bad_artifact(kind) for kind in BAD_ARTIFACTS}) == len(BAD_ARTIFACTS)


def test_an_unknown_kind_names_the_nearest_one() -> None:
    """A typo is answered with the word that was meant."""
    with pytest.raises(UsageError, match=r"'bom'; did you mean 'bomb'\?"):
        bad_artifact("bom")


def test_bomb_unpacks_to_what_it_declares() -> None:
    """The ratio is honest and above 100."""
    entry = opened("bomb").getinfo("data.bin")
    assert len(opened("bomb").read("data.bin")) == entry.file_size == 8 * MAX_SKILL_MD
    assert entry.file_size // entry.compress_size > 100


def test_total_size_is_over_the_limit_by_honest_entries() -> None:
    """The declared sizes add up to more than the limit, and each ratio is allowed."""
    entries = opened("total_size").infolist()
    assert MAX_TOTAL < sum(entry.file_size for entry in entries) < MAX_TOTAL + MAX_SKILL_MD
    assert all(entry.file_size // entry.compress_size <= 100 for entry in entries)


@pytest.mark.parametrize(
    ("kind", "size"),
    [("oversize", MAX_SKILL_MD + 1), ("oversize_by_two", MAX_SKILL_MD + 2), ("empty_skill_md", 0)],
)
def test_skill_md_has_the_size_that_the_kind_says(kind: str, size: int) -> None:
    """The content unpacks to exactly this many bytes."""
    assert len(opened(kind).read("SKILL.md")) == size


def test_encrypted_opens_with_its_password_only() -> None:
    """The content is really encrypted, by the traditional cipher."""
    with pytest.raises(RuntimeError, match="password"):
        opened("encrypted").read("SKILL.md")
    assert opened("encrypted").read("SKILL.md", pwd=PASSWORD).startswith(b"---\nname: calculator")


@pytest.mark.parametrize(
    ("kind", "difference"), [("lying_size_smaller", 1), ("lying_size_larger", -1)]
)
def test_a_lying_size_differs_from_the_content_by_one(kind: str, difference: int) -> None:
    """The declared size is not that of the stored bytes."""
    entry = opened(kind).getinfo("SKILL.md")
    assert entry.compress_size - entry.file_size == difference


@pytest.mark.parametrize(
    ("kind", "name"), [("control_character", b"a\x01b"), ("nul_character", b"notes.txt\0.sh")]
)
def test_a_bad_name_lies_raw_in_the_file(kind: str, name: bytes) -> None:
    """Both headers of the entry carry the name as it is."""
    assert bad_artifact(kind).count(name) == 2


def test_lying_file_smaller_unpacks_to_more_than_it_declares() -> None:
    """The stream holds ten thousand times the declared size."""
    archive = opened("lying_file_smaller")
    assert archive.getinfo("data.bin").file_size == 10
    assert len(zlib.decompress(raw(archive, "data.bin"), -zlib.MAX_WBITS)) == 100_000


def test_padded_deflate_hides_a_ratio_over_the_limit() -> None:
    """The stream ends early; its own ratio is forbidden, the declared one is not."""
    archive = opened("padded_deflate")
    entry = archive.getinfo("data.bin")
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    stream.decompress(raw(archive, "data.bin"))
    assert entry.file_size // entry.compress_size <= 100
    assert entry.file_size // (entry.compress_size - len(stream.unused_data)) > 100


@pytest.mark.parametrize("kind", BAD_ARTIFACTS)
def test_the_archive_rules_refuse_a_bad_artifact_in_its_words(kind: str) -> None:
    """The reference answers with the code and the text that the catalogue states, and briefly.

    So what a text names (a link, a name, a number of files) needs no second look by another reader.
    """
    bad = BAD_ARTIFACTS[kind]
    with pytest.raises(ArchiveError) as caught:
        rules.ArchiveReader().read(bad_artifact(kind))
    assert caught.value.code == bad.code
    assert bad.text in str(caught.value)
    assert len(str(caught.value)) < 300


def test_the_limits_are_those_of_the_archive_rules() -> None:
    """One byte or file over the limit here is one over the limit there."""
    limits = (rules.MAX_FILES, rules.MAX_SKILL_MD_BYTES, rules.MAX_TOTAL_BYTES)
    assert limits == (MAX_FILES, MAX_SKILL_MD, MAX_TOTAL)
