"""Artifacts: valid ZIPs whose bytes depend on nothing but their content."""

import io
import stat
import zipfile

import pytest

from pytest_stigmer.errors import UsageError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.good_artifacts import good_artifact


def opened(data: bytes) -> zipfile.ZipFile:
    """Open a ZIP with Python's own reader."""
    return zipfile.ZipFile(io.BytesIO(data))


def mode(data: bytes, name: str) -> int:
    """Return the Unix mode that the ZIP declares for an entry."""
    return opened(data).getinfo(name).external_attr >> 16


def test_every_entry_of_an_artifact_passes_its_checksum() -> None:
    """Python's zipfile finds no damaged entry."""
    assert opened(artifact()).testzip() is None


def test_skill_md_comes_first_and_files_follow_by_name() -> None:
    """The order of entries is SKILL.md, then the files sorted."""
    data = artifact(files={"b.txt": "b", "a.txt": "a"})
    assert opened(data).namelist() == ["SKILL.md", "a.txt", "b.txt"]


def test_text_is_written_as_utf8_and_bytes_as_they_are() -> None:
    """Both forms of content come back unchanged."""
    data = artifact(skill_md="# Café\n", files={"raw.bin": b"\x00\xff"})
    assert opened(data).read("SKILL.md") == "# Café\n".encode()
    assert opened(data).read("raw.bin") == b"\x00\xff"


@pytest.mark.parametrize("name", ["scripts/run", "install.sh", "tool.py"])
def test_scripts_are_executable(name: str) -> None:
    """A file below scripts/ or with a script's ending may be executed."""
    assert mode(artifact(files={name: "x"}), name) & stat.S_IXUSR


def test_other_files_are_not_executable() -> None:
    """SKILL.md and plain files may not be executed."""
    data = artifact(files={"notes.txt": "x"})
    assert not (mode(data, "SKILL.md") | mode(data, "notes.txt")) & stat.S_IXUSR


def test_names_outside_ascii_survive() -> None:
    """A name is UTF-8 and says so."""
    assert "référence.md" in opened(artifact(files={"référence.md": ""})).namelist()


def test_equal_content_in_another_order_gives_equal_bytes() -> None:
    """The order in which files are written down does not matter."""
    assert artifact(files={"a": "1", "b": "2"}) == artifact(files={"b": b"2", "a": b"1"})


def test_skill_md_among_the_files_is_refused() -> None:
    """SKILL.md is given by its own argument, never twice."""
    with pytest.raises(UsageError, match=r"skill_md="):
        artifact(files={"SKILL.md": "x"})


@pytest.mark.parametrize(
    ("kind", "ratio"), [("highest_ratio", 100.0), ("highest_ratio_and_a_fraction", 100.9)]
)
def test_good_artifacts_at_the_highest_ratio_are_what_they_say(kind: str, ratio: float) -> None:
    """They unpack to that many times their packed size."""
    archive = opened(good_artifact(kind))
    assert archive.testzip() is None
    info = archive.getinfo("data.txt")
    assert info.file_size / info.compress_size == pytest.approx(ratio, abs=0.05)
    assert info.file_size // info.compress_size == 100
