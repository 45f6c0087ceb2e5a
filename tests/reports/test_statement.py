"""A conformance statement: one verdict per promise, and what became of it since."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pytest_stigmer.cli import main
from pytest_stigmer.harness.conforming import changes
from pytest_stigmer.report.as_json import STATEMENT_SCHEMA_FILE, schema_text, whole
from pytest_stigmer.report.data import STATUSES, CauseData, Document, RedData, TestData, Times
from pytest_stigmer.report.statement import SECTIONS, VERDICTS, Statement, statement
from pytest_stigmer.report.statement_pages import html, lines, markdown
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.shipped import shipped_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterable

SERVER = "127.0.0.1:50051"
CASES = {case.key: case for path in shipped_scenarios() for case in load(path).expanded()}
KIT = """
import pytest
from pytest_stigmer import SqliteStore, StoreContract
from pytest_stigmer.defects.catalogue import recipe_of

class TestMine(StoreContract):
    waived = {"listed_by_id": "lists by age"}

    @pytest.fixture
    def store(self, tmp_path):
        with recipe_of(["delete-drops-history"]).store(tmp_path / "mine.db") as opened:
            yield opened
"""
ASKED = "delete_keeps_history or listed_by_id or second_save or is_a_copy"


def test_of(promise: str, status: str, **told: Any) -> TestData:
    """Return a test that asked a promise of the server."""
    given = {"id": f"x::{promise}", "path": "x", "line": 1, "target": SERVER, "reason": status}
    given |= {"status": status, "promise": promise}
    return TestData(**{**given, **told})


test_of.__test__ = False  # type: ignore[attr-defined]


def document(tests: Iterable[TestData], **told: Any) -> Document:
    """Return the report of a run against the server."""
    times = Times("2026-11-27T10:00:00+00:00", 1.0)
    made = Document(
        verdict="ok",
        target=SERVER,
        seed=1,
        defect=None,
        is_proof=False,
        versions={},
        times=times,
        counts=dict.fromkeys(STATUSES, 0),
    )
    return replace(made, tests=tuple(tests), **told)


def stated(*tests: TestData, **told: Any) -> Statement:
    """Return the statement about the server."""
    return statement(document(tests, **told), SERVER, CASES)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        (["passed"], "held"),
        (["passed", "skipped"], "held"),
        (["skipped", "skipped"], "not asked"),
        (["passed", "failed"], "broken"),
        (["error", "passed"], "broken"),
        (["xfailed", "passed"], "expected broken"),
        (["xfailed", "failed"], "broken"),
        (["inconclusive", "passed"], "inconclusive"),
    ],
)
def test_a_promise_has_the_most_urgent_verdict_of_its_tests(
    statuses: list[str], verdict: str
) -> None:
    """A condition under which it is broken counts, one that nobody can provide does not."""
    made = stated(*(test_of("push_then_get", status) for status in statuses))
    assert [promise.verdict for promise in made.promises] == [verdict]
    assert made.counts == {word: int(word == verdict) for word in VERDICTS}


def test_who_was_not_there_broke_nothing() -> None:
    """Of a server that is lost nothing is said but that it was not asked."""
    made = stated(test_of("push_then_get", "failed", asked=False, reason="nobody answers"))
    assert [(one.verdict, one.why) for one in made.promises] == [("not asked", "nobody answers")]


def test_the_other_side_of_a_disputed_point_is_told() -> None:
    """The promise is not broken; the point says what the registry does instead."""
    point = ("organization_needs_org",)
    (promise,) = stated(test_of("push_then_get", "passed", disputed=point)).promises
    assert (promise.verdict, promise.disputed) == ("disputed", point)
    assert "NOT_FOUND" in promise.why


def test_promises_stand_by_family_and_section() -> None:
    """Sections are in the order of the contract, what the kit states in Python comes last."""
    names = ("test_copy", "push_then_get", "tags_like_hashes", "unknown_key", "get")
    made = stated(*(test_of(name, "passed") for name in names))
    assert [(one.family, one.name) for one in made.promises] == [
        ("artifacts", "unknown_key"),
        ("flows", "push_then_get"),
        ("validation", "tags_like_hashes"),
        ("stated in Python", "get"),
        ("stated in Python", "test_copy"),
    ]
    assert made.promises[1].title == CASES["push_then_get"].title


def test_every_section_that_scenarios_name_has_a_title() -> None:
    """A reader need not know the contract by its numbers."""
    words = {word for case in CASES.values() for word in case.origin}
    named = {word.partition(" ")[2] for word in words if word.startswith("contract ")}
    assert named <= SECTIONS.keys()


def test_the_summary_fits_a_badge() -> None:
    """It counts what was asked; what was not asked is no part of it."""
    statuses = {"a": "passed", "b": "failed", "c": "xfailed", "d": "skipped"}
    made = stated(*(test_of(name, status) for name, status in statuses.items()))
    assert made.summary == "1 of 3 promises held, 1 broken, 1 expected broken"


def test_the_schema_follows_from_the_model() -> None:
    """`python -m pytest_stigmer.report.as_json` writes it again, and a statement follows it."""
    text = STATEMENT_SCHEMA_FILE.read_text(encoding="utf-8")
    assert text == schema_text(Statement)
    made = stated(test_of("push_then_get", "failed", reds=("2: get",)))
    jsonschema.validate(json.loads(whole(made)), json.loads(text))


def test_pages_tell_what_is_broken_and_why() -> None:
    """Markdown, page and terminal name the promise, its steps and the likely defect."""
    red = RedData("push_then_get", "v2", "2: get")
    cause = CauseData(SERVER, "slug-keeps-case", "A harm.", "D1", ("another",), (red,))
    failed = test_of("push_then_get", "failed", reds=("2: get",), reason="it <b>was</b> | wrong")
    made = stated(failed, causes=(cause,), problems=("known.toml:1: is green now",))
    shown = (markdown(made).replace("\\", ""), html(made), "\n".join(lines(made)))
    for text in shown:
        for words in ("red at steps 2", "slug-keeps-case", "A harm.", "is green now"):
            assert words in text
    assert "<b>was</b>" not in html(made) + markdown(made)
    assert "was</b> | wrong" not in markdown(made)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("passed", "passed", None),
        ("passed", "failed", "worse"),
        ("passed", "xfailed", "worse"),
        ("passed", "inconclusive", "worse"),
        ("passed", "skipped", "worse"),
        ("skipped", "failed", "worse"),
        ("failed", "passed", "better"),
        ("skipped", "passed", "better"),
        ("failed", "skipped", "changed"),
        ("failed", "xfailed", "changed"),
        ("", "failed", "new"),
        ("failed", "", "gone"),
    ],
)
def test_two_statements_compare(old: str, new: str, kind: str | None) -> None:
    """Not to know any more is worse, and not to ask a broken promise is no better."""
    before, after = (
        stated(*([test_of("push_then_get", status)] if status else [])) for status in (old, new)
    )
    assert [change.kind for change in changes(before, after)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("old", "new", "kind", "told"),
    [
        (("1: get",), ("1: get", "2: get"), "worse", "red now: 2: get"),
        (("1: get", "2: get"), ("1: get",), "better", "green now: 2: get"),
        (("1: get",), ("2: get",), "worse", "red now: 2: get; green now: 1: get"),
    ],
)
def test_steps_of_a_broken_promise_compare(
    old: tuple[str, ...], new: tuple[str, ...], kind: str, told: str
) -> None:
    """A further red step is worse, whatever else was mended."""
    before, after = (stated(test_of("push_then_get", "failed", reds=reds)) for reds in (old, new))
    (change,) = changes(before, after)
    assert (change.kind, change.told) == (kind, f"broken, {told}")


def test_compare_fails_where_something_got_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 only then; what is no statement is a usage error."""
    files = []
    for name, status in (("good", "passed"), ("bad", "failed")):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(whole(stated(test_of("push_then_get", status))), encoding="utf-8")
    good, bad = map(str, files)
    assert main(["compare", good, bad]) == 1
    assert "WORSE push_then_get: held -> broken" in capsys.readouterr().out
    assert main(["compare", bad, good]) == 0
    assert main(["compare", good, __file__]) == 2


def test_the_kit_states_what_a_store_keeps(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report of the kit's tests is a statement about the class that declares the store."""
    pytester.makepyfile(test_kit=KIT)
    report, *pages = (pytester.path / f"kit.{suffix}" for suffix in ("json", "md", "html"))
    words = [f"--stigmer-report={path}" for path in (report, *pages)]
    pytester.runpytest_inprocess("-p", "no:randomly", "-k", ASKED, *words)
    assert all("delete-drops-history" in page.read_text(encoding="utf-8") for page in pages)
    capsys.readouterr()
    assert main(["conform", "--from", str(report), "--report", "mine.json"]) == 1
    assert "TestMine: 3 of 4 promises held, 1 broken" in capsys.readouterr().out
    made = json.loads(Path("mine.json").read_text(encoding="utf-8"))
    verdicts = {one["name"]: (one["verdict"], one["why"]) for one in made["promises"]}
    assert verdicts["listed_by_id"] == ("not asked", "waived: lists by age")
    assert verdicts["second_save"] == ("held", "")
    assert verdicts["test_stored_message_is_a_copy"] == ("held", "")
    assert verdicts["delete_keeps_history"][0] == "broken"
    causes = [(cause["registry"], cause["defect"], *cause["instead"]) for cause in made["causes"]]
    assert causes
    assert "delete-drops-history" in causes[0]
    assert main(["conform", "--from", str(report), "--of", "TestOther"]) == 2


def test_a_report_of_several_registries_says_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None is taken by chance."""
    tests = (test_of("push_then_get", "passed", registry=name) for name in ("TestA", "TestB"))
    path = tmp_path / "report.json"
    path.write_text(json.dumps(asdict(document(tests))), encoding="utf-8")
    assert main(["conform", "--from", str(path)]) == 2
    assert "--of TestA, --of TestB" in capsys.readouterr().err
    assert main(["conform", "--from", str(path), "--of", "TestB"]) == 0
