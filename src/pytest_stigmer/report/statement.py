"""A conformance statement: what a registry promises, each promise with one verdict.

It is made of a report: of a run against a server, or of tests of the conformance kit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated

from pytest_stigmer.report.data import RED, CauseData, Count, Document, TestData
from pytest_stigmer.scenario.disputed import POINTS
from pytest_stigmer.scenario.model import Scenario

FORMAT = 1
"""The version of the statement; `statement_schema.json` describes it."""

VERDICTS = ("broken", "expected broken", "inconclusive", "disputed", "held", "not asked")
"""What can be said of a promise, the most urgent first.

`disputed`: kept, but for points on which registries may differ, where this one differs from ours.
"""

SECTIONS = {
    "0": "what a skill is: organisation and slug",
    "1.1": "the skill resource",
    "1.2": "specification and status",
    "1.3": "requests and answers",
    "1.4": "services",
    "1.5": "what all resources share",
    "1.6": "kinds of resources",
    "1.7": "authorisation",
    "1.8": "validation",
    "2.1": "the interface of a store",
    "2.2": "opening a store",
    "2.3": "settings of a connection",
    "2.4": "the file of a store",
    "2.5": "migration",
    "2.6": "the verbs of a store",
    "2.7": "deletion by prefix",
    "2.8": "closed stores, several callers",
    "2.9": "texts of errors",
    "3.1": "how calls are handled",
    "3.2": "slugs, hashes and ids",
    "3.3": "push",
    "3.4": "get",
    "3.5": "getByReference",
    "3.6": "getArtifact",
    "3.7": "delete",
    "3.8": "archives",
    "3.9": "storage of artifacts",
    "4.1": "start of a server",
    "5": "the agent runner",
}
"""The sections of the contract that promises come from, as `origin` of a scenario names them."""

IN_PYTHON = "stated in Python"
"""The family of what no scenario can say."""

Verdict = Annotated[str, {"enum": list(VERDICTS)}]


@dataclass(frozen=True)
class PromiseData:
    """One promise: a scenario, or one case of it, or what the kit states in Python."""

    name: Annotated[str, "As a file of expected reds names it."]
    title: str
    family: Annotated[str, "The folder of its scenario."]
    section: Annotated[str, "The section of the contract that it comes from, or ''."]
    origin: Annotated[tuple[str, ...], "All that it comes from: hazards and tests, too."]
    verdict: Verdict
    why: Annotated[str, "One sentence, unless it is held."] = ""
    reds: Annotated[tuple[str, ...], "Its red steps, NUMBER: VERB."] = ()
    disputed: Annotated[tuple[str, ...], "Disputed points that were answered otherwise."] = ()


@dataclass(frozen=True)
class Statement:
    """What one registry promises."""

    summary: Annotated[str, "One line, as for a badge."]
    registry: Annotated[str, "The target, or the class of the kit."]
    verdict: Annotated[str, "`ok`, or how the run ended otherwise."]
    seed: Count
    started: Annotated[str, "UTC.", {"format": "date-time"}]
    versions: Annotated[dict[str, str], "Versions of Python, SQLite and the packages that matter."]
    counts: Annotated[dict[str, Count], "Number of promises by verdict."]
    promises: Annotated[tuple[PromiseData, ...], "By family, section and name."]
    causes: tuple[CauseData, ...] = ()
    problems: Annotated[tuple[str, ...], "What else is wrong, such as a mended expectation."] = ()
    format: Annotated[int, "The version of this format.", {"const": FORMAT}] = FORMAT


def registries(document: Document) -> tuple[str, ...]:
    """Return the registries of which promises were asked."""
    found = (_registry(test) for test in document.tests if test.promise)
    return tuple(dict.fromkeys(found))


def statement(document: Document, registry: str, scenarios: Mapping[str, Scenario]) -> Statement:
    """Return the statement about one registry of a report; scenarios are by the key of a case."""
    asked: defaultdict[str, list[TestData]] = defaultdict(list)
    for test in document.tests:
        if test.promise and _registry(test) == registry:
            asked[test.promise].append(test)
    promises = [_promise(name, tests, scenarios.get(name)) for name, tests in asked.items()]
    promises.sort(key=lambda one: (one.family == IN_PYTHON, one.family, _place(one), one.name))
    counted = Counter(one.verdict for one in promises)
    counts = {verdict: counted[verdict] for verdict in VERDICTS}
    return Statement(
        summary=_summary(counts),
        registry=registry,
        verdict=document.verdict,
        seed=document.seed,
        started=document.times.started,
        versions=document.versions,
        counts=counts,
        promises=tuple(promises),
        causes=tuple(cause for cause in document.causes if cause.registry == registry),
        problems=document.problems,
    )


def _registry(test: TestData) -> str:
    return test.registry or test.target


def _place(promise: PromiseData) -> tuple[bool, list[int]]:
    return not promise.section, [int(part) for part in promise.section.split(".") if part]


def _summary(counts: Mapping[str, int]) -> str:
    asked = sum(counts.values()) - counts["not asked"]
    others = [verdict for verdict in VERDICTS if verdict not in ("held", "not asked")]
    told = [f"{counts[verdict]} {verdict}" for verdict in others if counts[verdict]]
    return ", ".join([f"{counts['held']} of {asked} promises held", *told])


def _promise(name: str, tests: Sequence[TestData], scenario: Scenario | None) -> PromiseData:
    verdict, telling = _verdict(tests)
    points = sorted({point for test in tests for point in test.disputed})
    why = "" if verdict == "held" else telling.reason
    if verdict == "disputed":
        why = "; ".join(POINTS[point].others for point in points if point in POINTS)
    return PromiseData(
        name=name,
        title=scenario.label if scenario else name.replace("_", " "),
        family=_family(tests[0], scenario),
        section=_section(scenario.origin) if scenario else "",
        origin=scenario.origin if scenario else (),
        verdict=verdict,
        why=why,
        reds=tuple(sorted({red for test in tests for red in test.reds}, key=_number)),
        disputed=tuple(points),
    )


def _verdict(tests: Sequence[TestData]) -> tuple[str, TestData]:
    """Return what all tests of a promise come to, and the test that says so."""
    by_status = {test.status: test for test in reversed(tests) if test.asked}
    red = by_status.keys() & {*RED, "xpassed"}
    if red:
        return "broken", by_status[min(red)]
    for status, verdict in (("xfailed", "expected broken"), ("inconclusive", "inconclusive")):
        if status in by_status:
            return verdict, by_status[status]
    if "passed" in by_status:
        is_disputed = any(test.disputed for test in tests)
        return "disputed" if is_disputed else "held", by_status["passed"]
    return "not asked", tests[0]


def _family(test: TestData, scenario: Scenario | None) -> str:
    if scenario:
        return scenario.path.parent.name
    return PurePath(test.path).parent.name if test.scenario else IN_PYTHON


def _section(origin: Iterable[str]) -> str:
    found = (word.removeprefix("contract ") for word in origin if word.startswith("contract "))
    return next(found, "")


def _number(red: str) -> tuple[int, str]:
    number = red.partition(":")[0]
    return int(number) if number.isdecimal() else 0, red
