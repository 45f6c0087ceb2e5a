"""What could damage a server with data is sent to none that is not ours, unless asked for."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.cli import main
from pytest_stigmer.explore.search import Search
from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.loader import load, loads
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.shipped import known_scenarios, scenario_folder
from pytest_stigmer.scenario.target import Unsupported
from pytest_stigmer.scenario.verbs import harm_of
from pytest_stigmer.skills.artifact_storage import ArtifactStorage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from pytest_stigmer.scenario.model import Scenario

WALKING_OUT = """\
scenario: t
steps:
  - push: {name: A}
  - get_artifact: {key: ../plain.db}
    fails: NOT_FOUND
"""
KEYS: list[str] = []
"""What the stand-in was asked for since the test began."""


class Watched(ArtifactStorage):
    """A storage that remembers which keys it was asked for."""

    def read(self, key: str) -> bytes:
        """Remember a key and read as any storage."""
        KEYS.append(key)
        return super().read(key)


@pytest.fixture
def stand_in(
    tmp_path: Path, serve_plain: Callable[..., AbstractContextManager[Any]]
) -> Iterator[Any]:
    """Give a server without our control API that remembers which keys it was asked for."""
    KEYS.clear()
    with serve_plain(tmp_path, recipe=replace(REFERENCE, artifacts=Watched)) as server:
        yield server


def harmful_keys() -> list[str]:
    """Return the keys that were asked for and lead out of the storage."""
    return [key for key in KEYS if harm_of("get_artifact", {"key": key})]


@pytest.fixture
def walking_out() -> Scenario:
    """Give a scenario that asks for the database by its key."""
    return _read(WALKING_OUT)


def _read(text: str) -> Scenario:
    return loads(text.encode(), Path("t.scenario.yaml"))


def test_a_harmful_scenario_is_sent_to_a_foreign_server_only_when_asked_for(
    stand_in: Any, walking_out: Scenario
) -> None:
    """It is skipped with the reason and nothing of it is sent; with the option all of it is."""
    with stand_in.target(hunting=False) as target:
        spared = run(walking_out, target)
        assert spared.status is Status.SKIPPED
        assert spared.reason == (
            f"line 4: `get_artifact` asks for a key that leaves the storage: "
            f"sent to {stand_in.address} with --stigmer-harmful only"
        )
        assert stand_in.called == []
        target.spares = False
        assert run(walking_out, target).status is Status.PASSED
        target.close()
    assert harmful_keys() == ["../plain.db"]


def test_a_scenario_may_say_itself_that_it_is_harmful(stand_in: Any) -> None:
    """What verbs do not tell, the file does."""
    flood = _read("scenario: t\nharmful: a flood\nsteps:\n  - get: {id: x}\n    fails: NOT_FOUND\n")
    with stand_in.target(hunting=False) as target:
        assert run(flood, target).reason.startswith("a flood: sent to ")
    assert stand_in.called == []


def test_a_key_that_a_server_made_up_is_not_sent_back_to_it(stand_in: Any) -> None:
    """What a step sends is known only once saved values are filled in."""
    with stand_in.target(hunting=False) as target, pytest.raises(Unsupported):
        target.perform("get_artifact", {"key": "../plain.db"})
    assert stand_in.called == []


def test_a_registry_of_ours_is_not_spared(
    on_local: Any, tmp_path: Path, walking_out: Scenario
) -> None:
    """What is made for one scenario may be damaged by it."""
    with on_local(walking_out, tmp_path / "t.db") as target:
        assert run(walking_out, target).status is Status.PASSED


def test_no_shipped_scenario_harms_a_foreign_server(stand_in: Any) -> None:
    """All that such a server can be asked is asked, without one key that leaves its storage."""
    asked = 0
    for path in known_scenarios():
        scenario = load(path)
        if scenario.needs <= {"skills"} and not scenario.cases:
            with stand_in.target(hunting=False) as target:
                asked += run(scenario, target).status is Status.PASSED
                target.close()
    assert asked > 20
    assert KEYS
    assert harmful_keys() == []


def test_exploring_does_not_harm_a_foreign_server(stand_in: Any, api: Any) -> None:
    """Random histories ask for strange keys, and none that leaves the storage."""
    with stand_in.target(hunting=False) as target:

        @contextmanager
        def opened() -> Iterator[Any]:
            yield target
            target.close()

        assert Search(opened, api, seed=7).round("skills", histories=8) is None
    assert {"skills", "skills/../skills"} <= set(KEYS)
    assert harmful_keys() == []


KIT = """
import pytest
from pytest_stigmer import SkillContract
from pytest_stigmer.api.generation import load
from pytest_stigmer.service.transport import GrpcTransport, open_channel
from pytest_stigmer.skills.endpoint import SkillClient

class TestMine(SkillContract):
    @pytest.fixture
    def skills(self):
        channel = open_channel("ADDRESS", None)
        api = load("bundled")
        yield SkillClient(api, GrpcTransport(channel, api))
        channel.close()
"""


@pytest.mark.parametrize("options", [(), ("--stigmer-harmful",)])
def test_the_kit_does_not_harm_a_foreign_server(
    stand_in: Any, pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    """Keys that leave the storage are asked of a user's own API only with the option."""
    assert SkillContract.is_disposable is False
    pytester.makepyfile(KIT.replace("ADDRESS", stand_in.address))
    chosen = ("-k", "key or literally")
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-q", *chosen, *options)
    assert result.parseoutcomes().get("failed", 0) == 0
    assert KEYS
    assert bool(harmful_keys()) is bool(options)


def test_conforming_does_not_harm_a_foreign_server(
    stand_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement names what was not asked for the harm that it could do."""
    folder = tmp_path / "asked"
    folder.mkdir()
    for name in ("keys_are_taken_literally", "unknown_key"):
        path = scenario_folder() / "artifacts" / f"{name}.scenario.yaml"
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "walking_out.scenario.yaml").write_text(WALKING_OUT, encoding="utf-8")
    monkeypatch.setattr("pytest_stigmer.harness.pytest_run.scenario_folders", lambda: [folder])
    report = tmp_path / "made.json"
    assert main(["conform", f"--target={stand_in.address}", f"--report={report}"]) == 0
    made = {one["name"]: one for one in json.loads(report.read_bytes())["promises"]}
    assert made["keys_are_taken_literally"]["verdict"] == "held"
    assert made["walking_out"]["verdict"] == "not asked"
    assert "leaves the storage" in made["walking_out"]["why"]
    assert KEYS
    assert harmful_keys() == []
