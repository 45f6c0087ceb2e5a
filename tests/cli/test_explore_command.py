"""The sub-command explore: what it tells, what it writes, and its exit code."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.cli import INTERRUPTED, USAGE_ERROR, main
from pytest_stigmer.errors import counted

if TYPE_CHECKING:
    from pathlib import Path

SHORT = ("--minutes", "0.0001")
FOUND = "found.scenario.yaml"
DEFECT = "tag-order-tiebreak-ascending"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_found_is_written_and_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1, and the line that runs the files names all they depend on."""
    words = ["explore", "--defect", DEFECT, "--seed", "7", "--conditions", "none", *SHORT]
    assert main(words) == 1
    told = capsys.readouterr().out
    assert f" --stigmer-seed 7 --stigmer-conditions none --stigmer-defect {DEFECT}\n" in told
    assert "steps:" in (folder / FOUND).read_text(encoding="utf-8")
    causes = [line for line in told.splitlines() if line.startswith("cause = ")]
    assert f"{counted(len(causes), 'cause')}" in told
    assert len(list(folder.iterdir())) == len(causes)


def test_expected_causes_are_no_finding_and_stale_ones_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 0 when only expected causes were met; what was not met is told."""
    monkeypatch.setattr("pytest_stigmer.explore.search.HISTORIES", 5)
    words = ["explore", "--defect", "state-stays-uploading", "--conditions", "none", *SHORT]
    assert main(words) == 1
    causes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("cause = ")]
    stale = 'cause = "get: INTERNAL, should succeed"'
    text = "".join(f"[[expected]]\n{line}\nreason = 'mine'\n" for line in [*causes, stale])
    (folder / "known.toml").write_text(text, encoding="utf-8")
    (folder / FOUND).unlink()
    assert main([*words, "--expect", "known.toml"]) == 0
    told = capsys.readouterr().out
    assert (
        f"known.toml:1: {causes[0].replace(' = ', ' ').replace(chr(34), '')}, mine: expected"
        in told
    )
    assert (
        "cause get: INTERNAL, should succeed, mine: not met; remove it if it has been fixed" in told
    )
    assert not (folder / FOUND).exists()


def test_where_nothing_is_found_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 0, after a round on each surface at the least, and no file is left."""
    monkeypatch.setattr("pytest_stigmer.explore.search.HISTORIES", 3)
    assert main(["explore", *SHORT]) == 0
    told = capsys.readouterr().out
    assert "2 rounds of 3 histories, seed 20260126\nno mismatch\n" in told
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "soon"])
def test_no_time_to_explore_in_is_a_usage_error(
    minutes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing explored is no success."""
    with pytest.raises(SystemExit) as stopped:
        main(["explore", "--minutes", minutes])
    assert stopped.value.code == USAGE_ERROR
    assert f"{minutes!r} is not a number of minutes above 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--target", "nowhere"), "'nowhere' is none of local, service, unix:PATH or HOST:PORT"),
        (("--target", "127.0.0.1:1", "--defect", DEFECT), "needs a registry of our own"),
        (("--defect", "tag-order"), "did you mean"),
        (("--tls-ca", "no.pem"), "'no.pem' is not a file"),
        (("--deadline", "0"), "'0' is not a positive number of seconds"),
        (("--write", "found.txt"), "found.txt: pytest collects scenarios from files named"),
        (("--write", "no/found.scenario.yaml"), "cannot write in"),
    ],
)
def test_options_that_cannot_be_followed_are_usage_errors(
    options: tuple[str, ...], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is explored, and the line says what is wrong."""
    assert main(["explore", *SHORT, *options]) == USAGE_ERROR
    assert text in capsys.readouterr().err


def test_an_earlier_finding_is_not_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends before it searches."""
    (folder / FOUND).write_text("mine", encoding="utf-8")
    assert main(["explore", *SHORT, "--defect", DEFECT]) == USAGE_ERROR
    assert f"{FOUND} exists" in capsys.readouterr().err
    assert (folder / FOUND).read_text(encoding="utf-8") == "mine"


def test_a_server_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The address and how long it was waited for are named; this is no finding."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main(["explore", "--target", address, "--deadline", "0.5"]) == USAGE_ERROR
    assert f"no server answers at {address} within 0.5 s" in capsys.readouterr().err


def test_ctrl_c_ends_it_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is that of a shell's interrupted command."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_stigmer.explore.search.Search.round", interrupted)
    assert main(["explore"]) == INTERRUPTED
    assert capsys.readouterr().err == "stigmer-harness: interrupted\n"
