"""Known reds of a server have their place: a file that new and mended ones fail against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.defects.catalogue import recipe_of
from pytest_stigmer.errors import UsageError
from pytest_stigmer.scenario.expected import Expected, read, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

FLOWS = Path(__file__).parents[2] / "scenarios"
ASKED = [
    FLOWS / "artifacts/keys_are_taken_literally.scenario.yaml",
    FLOWS / "flows/references_hold_scope_and_kind.scenario.yaml",
    FLOWS / "flows/push_then_get.scenario.yaml",
]
KNOWN = ("storage-key-leaves-the-storage", "reference-scope-is-ignored")
OF = "references_hold_scope_and_kind"
NEW = "state-stays-uploading"

Asking = "Callable[..., pytest.RunResult]"


@pytest.fixture
def asking(
    pytester: pytest.Pytester, serve_plain: Callable[..., AbstractContextManager[Any]]
) -> Callable[..., pytest.RunResult]:
    """Give a function that asks a stand-in with these defects, which has no control API."""

    def run(*defects: str, options: tuple[str, ...]) -> pytest.RunResult:
        folder = pytester.mkdir("-".join(["server", str(len(list(pytester.path.iterdir())))]))
        with serve_plain(folder, recipe=recipe_of(defects)) as server:
            return pytester.runpytest_inprocess(
                *("-p", "no:randomly", "-p", "no:cacheprovider", "-q"),
                f"--stigmer-target={server.address}",
                "--stigmer-conditions=none",
                *options,
                *map(str, ASKED),
            )

    return run


def test_a_file_is_written_as_it_is_read(tmp_path: Path) -> None:
    """Every field comes back, quotes and line ends included."""
    entries = [
        Expected(
            "scenario", "x[a b]", "3: get", "some-defect", reason='it says "no"\n', since="now"
        ),
        Expected("cause", "get: code"),
    ]
    path = tmp_path / "known.toml"
    path.write_text(written(entries, "127.0.0.1:50051"), encoding="utf-8")
    found = read(path, "127.0.0.1:4711")
    assert [str(entry) for entry in found] == [str(entry) for entry in entries]
    assert [entry.line for entry in found] == [4, 11]
    assert read(path, "local") == ()


def test_reasons_are_kept_when_the_file_is_written_again(
    asking: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    """What was filled in stays, what is mended goes, what is new comes in."""
    file = pytester.path / "known.toml"
    write = (f"--stigmer-write-expectations={file}",)
    asking(KNOWN[0], options=write)
    text = file.read_text(encoding="utf-8").replace('reason = ""', 'reason = "not today"')
    file.write_text(text, encoding="utf-8")
    asking(*KNOWN, options=write)
    reasons = {entry.name: entry.reason for entry in read(file, "127.0.0.1:1")}
    assert reasons == {
        "keys_are_taken_literally": "not today",
        "references_hold_scope_and_kind": "",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[expected]", "not a file of expected reds"),
        ("[[expected]]\nscenarios = 'x'", "unknown key 'scenarios'; did you mean 'scenario'"),
        ("targets = 'x'", "unknown key 'targets'; did you mean 'target'"),
        ("[[expected]]\nreason = 'x'", ":1: an entry names one of scenario, promise, cause"),
        ("expected = [{scenario = 'x'}]", "write each expected red below a line"),
    ],
)
def test_a_file_that_cannot_be_followed_says_why(text: str, why: str, tmp_path: Path) -> None:
    """The line names the file, what is wrong and the nearest word."""
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"known\.toml") as raised:
        read(path, "local")
    assert why in str(raised.value)


def test_a_scenario_that_nobody_knows_is_told(
    asking: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    """An entry with a slip of the pen would never be missed otherwise."""
    file = pytester.path / "known.toml"
    file.write_text("[[expected]]\nscenario = 'push_then_gett'\n", encoding="utf-8")
    told = asking(options=(f"--stigmer-expect={file}",))
    assert told.ret == 1
    told.stdout.fnmatch_lines(["*known.toml:1: scenario push_then_gett: there is no such scenario"])
