"""Another distribution's defects and scenarios get the same proof."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.scenario.shipped import scenario_folder

if TYPE_CHECKING:
    from pathlib import Path

DEFECT = '''
from pytest_stigmer.defects.change import with_queries

HARM = "Histories are always empty."
ORIGIN = "ACME-17"


def apply(recipe):
    """Select nothing."""
    return with_queries(recipe, audit_history="SELECT data FROM resource_audit WHERE :kind = :id")
'''
ANSWERING = """
from pytest_stigmer.defects.defect import Defect

DEFECT = Defect("acme-does-nothing", "acme", "No harm is done.", "ACME-18", lambda recipe: recipe)
"""
SCENARIO = """
scenario: A snapshot is listed
detects: [{}]
steps:
  - save_resource: {{id: skl-1, message: {{}}}}
  - save_audit: {{resource_id: skl-1, message: {{}}}}
  - list_audit_history: {{resource_id: skl-1}}
    returns: [{{}}]
"""


@pytest.fixture
def acme(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Give a folder with an installed distribution that registers a defect."""
    site = pytester.mkdir("site")
    info = site / "acme_defects-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-defects\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest_stigmer.defects]\nacme = acme_loses_history\n")
    (site / "acme_loses_history.py").write_text(DEFECT)
    (site / "acme_idle.py").write_text(ANSWERING)
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=":")
    return pytester


def scenario(folder: pytest.Pytester, *claims: str) -> None:
    """Write the scenario with these claims."""
    path = folder.path / "listed.scenario.yaml"
    path.write_text(SCENARIO.format(", ".join(claims)), encoding="utf-8")


def test_a_registered_defect_is_proved_like_a_shipped_one(acme: pytest.Pytester) -> None:
    """Its id comes from the module's name, and a claim about it must come true."""
    scenario(acme, "acme-loses-history", "empty-message-is-refused")
    words = ("--stigmer-prove", "--stigmer-verdicts=kept", "-p", "no:randomly")
    result = acme.runpytest_subprocess(*words)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["acme-loses-history*1*"])
    (kept,) = (acme.path / "kept").iterdir()
    assert "acme-loses-history" not in kept.read_text(), "nobody knows what it rests on"


def test_an_unclaimed_defect_of_others_is_listed_or_fails_when_asked(acme: pytest.Pytester) -> None:
    """A user's own scenario belongs to no distribution: it is exact on request only."""
    scenario(acme, "empty-message-is-refused")
    words = ("--stigmer-prove", "-p", "no:randomly")
    result = acme.runpytest_subprocess(*words)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*is also red under *", "*acme-loses-history, and need not claim that*"]
    )
    result = acme.runpytest_subprocess(*words, "--stigmer-exact")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*is red under acme-loses-history, but does not claim it*"])


def test_a_registered_defect_can_be_put_in_place(acme: pytest.Pytester) -> None:
    """A downstream suite can be tested with it."""
    scenario(acme, "acme-loses-history")
    result = acme.runpytest_subprocess("--stigmer-defect", "acme-loses-history")
    result.assert_outcomes(failed=1)


def test_a_shipped_scenario_need_not_claim_a_registered_defect(acme: pytest.Pytester) -> None:
    """What ships stays as claimed although somebody's defect turns it red too."""
    name = "history/no_versions_yet.scenario.yaml"
    hurt = "ordering/history_of_one_second.scenario.yaml"
    paths = [str(scenario_folder() / path) for path in (name, hurt)]
    result = acme.runpytest_subprocess("--stigmer-prove", "-p", "no:randomly", *paths)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["acme-loses-history*1*"])


def registered(acme: pytest.Pytester) -> Path:
    """Let the distribution register a folder of scenarios; return the path of the one in it."""
    package = acme.path / "site/acme_scenarios"
    package.mkdir()
    (package / "__init__.py").touch()
    points = acme.path / "site" / "acme_defects-1.0.dist-info" / "entry_points.txt"
    with points.open("a") as file:
        file.write("[pytest_stigmer.scenarios]\nacme = acme_scenarios\n")
    return package / "acme_listed.scenario.yaml"


def test_registered_scenarios_are_proved_with_the_shipped_ones(acme: pytest.Pytester) -> None:
    """Without a path the command takes the folder that a distribution registers too."""
    text = SCENARIO.format("acme-loses-history, empty-message-is-refused")
    registered(acme).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest_stigmer.cli", "prove", "-k", "acme_listed"]
    result = acme.run(*command, "--workers", "1")
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["1 scenario x * defects: exactly as claimed*"])


def test_the_owner_of_a_defect_must_claim_it(acme: pytest.Pytester) -> None:
    """Registered scenarios are exact about the defects of their own distribution alone."""
    listed = registered(acme)
    for claims, code in (("acme-loses-history", 0), ("empty-message-is-refused", 1)):
        listed.write_text(SCENARIO.format(claims), encoding="utf-8")
        result = acme.runpytest_subprocess("--stigmer-prove", "-p", "no:randomly", str(listed))
        assert result.ret == code, result.stdout.str()


def test_an_entry_point_can_name_a_finished_defect(acme: pytest.Pytester) -> None:
    """Then the defect says its id itself."""
    points = acme.path / "site" / "acme_defects-1.0.dist-info" / "entry_points.txt"
    points.write_text("[pytest_stigmer.defects]\nacme = acme_idle:DEFECT\n")
    scenario(acme, "empty-message-is-refused")
    result = acme.runpytest_subprocess("--stigmer-prove", "-p", "no:randomly")
    result.assert_outcomes(passed=1)
    proved = f"1 scenario x {len(catalogue()) + 1} defects: exactly as claimed*"
    result.stdout.fnmatch_lines([proved])


def test_a_defect_that_cannot_be_imported_is_told_by_its_owner(acme: pytest.Pytester) -> None:
    """The distribution, the entry point and the cause are named, without a traceback."""
    (acme.path / "site" / "acme_loses_history.py").write_text("import acme_gone")
    result = acme.run(sys.executable, "-m", "pytest_stigmer.cli", "defects")
    assert result.ret == 2
    result.stderr.fnmatch_lines(["*acme-defects registers acme = acme_loses_history *acme_gone*"])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_an_id_of_two_distributions_is_told_by_both_and_chosen_by_one(
    acme: pytest.Pytester,
) -> None:
    """A module's `ID` is its id; where two have it, each is called by its distribution too."""
    (acme.path / "site" / "acme_loses_history.py").write_text(f'{DEFECT}\n\nID = "no-history"\n')
    other = acme.path / "site" / "bolt_defects-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: bolt-defects\nVersion: 1.0\n")
    points = "[pytest_stigmer.defects]\nbolt = acme_loses_history\n"
    (other / "entry_points.txt").write_text(points)
    command = (sys.executable, "-m", "pytest_stigmer.cli")
    names = ["acme-defects:no-history", "bolt-defects:no-history"]
    listed = acme.run(*command, "defects").outlines
    assert [line.strip() for line in listed if line.endswith("no-history")] == names
    both = acme.run(*command, "run", "--defect", "no-history")
    both.stderr.fnmatch_lines([f"*'no-history': write {names[0]} or {names[1]}"])
    scenario(acme, names[0], "empty-message-is-refused")
    one = acme.run(*command, "prove", "--conditions", "none", "listed.scenario.yaml")
    one.stdout.fnmatch_lines(["*exactly as claimed", f"*{names[1]}, and need not claim that"])


def test_a_registered_defect_that_was_asked_for_must_be_caught(acme: pytest.Pytester) -> None:
    """Its owner wants to know whether it shows, however few scenarios ran."""
    info = acme.path / "site" / "acme_defects-1.0.dist-info"
    (info / "entry_points.txt").write_text("[pytest_stigmer.defects]\nacme = acme_idle:DEFECT\n")
    scenario(acme)
    result = acme.runpytest_subprocess("--stigmer-prove", "--stigmer-defect=acme-does-nothing")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*acme-does-nothing is caught by no scenario*"])


@pytest.mark.parametrize(
    ("more", "family"), [("", "acme"), ('FAMILY = "history"\n', "history")], ids=["name", "said"]
)
def test_a_registered_defect_has_the_family_it_says_or_that_of_its_entry_point(
    acme: pytest.Pytester, more: str, family: str
) -> None:
    """What an entry point's name has before a dot is the family; a module may know better."""
    site = acme.path / "site"
    (site / "acme_defects-1.0.dist-info" / "entry_points.txt").write_text(
        "[pytest_stigmer.defects]\nacme.first = acme_loses_history\n"
    )
    (site / "acme_loses_history.py").write_text(DEFECT + more)
    code = "from pytest_stigmer.defects.catalogue import find; print(find('{}').family)"
    result = acme.run(sys.executable, "-c", code.format("acme-loses-history"))
    assert result.outlines == [family]
