"""The model of a report: plain values, the same for every renderer.

A scenario's part is made in the process that ran it and crosses to the controller as JSON; the rest
is made there. Two runs with the same outcomes give equal models but for `Times`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

FORMAT = 1
"""The version of the JSON report; `schema.json` describes it."""

STATUSES = ("failed", "error", "inconclusive", "xpassed", "skipped", "xfailed", "passed")
"""How a test can end, the most urgent first."""

RED = frozenset({"failed", "error"})

# A text beside a type is the field's description in `schema.json`, a dict are more of its keywords.
Line = Annotated[int, {"minimum": 1}]
Count = Annotated[int, {"minimum": 0}]
TestStatus = Annotated[str, {"enum": list(STATUSES)}]
RunStatus = Annotated[str, {"enum": ["passed", "failed", "skipped", "inconclusive", "error"]}]
Counts = Annotated[
    dict[str, Count], {"propertyNames": {"enum": list(STATUSES)}, "required": sorted(STATUSES)}
]
Places = Annotated[dict[str, Line], {"propertyNames": {"pattern": "^[0-9]+$"}}]
Shown = Annotated[str, {"enum": ["shown", "masked"]}]
Pairs = tuple[tuple[str, Any], ...]
"""Dotted paths and plain values."""


@dataclass(frozen=True)
class Deviation:
    """One place where an answer is not as expected."""

    where: str
    expected: Any
    got: Any
    why: str
    follows: Annotated[str, "The place of the difference that it follows from, or ''."] = ""


@dataclass(frozen=True)
class RpcData:
    """A call of the skill API as it was on the wire."""

    method: Annotated[str, "SERVICE/METHOD, as grpcurl takes it."]
    request: Annotated[Any, "In protobuf's JSON."]
    status: Annotated[str, "The name of the gRPC status."]
    message: Annotated[str, "The status's text."]
    answer: Annotated[Any, "In protobuf's JSON; null for a call that failed."]


@dataclass(frozen=True)
class StepData:
    """One step as it happened."""

    verb: str
    line: Line
    at: Annotated[str, "The instant at its end, UTC, or '' where the clock cannot be read."]
    sent: Annotated[Pairs, "Dotted paths and values that were sent."] = ()
    save_as: str | None = None
    got: Annotated[Pairs, "Dotted paths and values of the answer."] = ()
    expected: Annotated[Pairs, "Dotted paths and values that were expected."] = ()
    differences: tuple[Deviation, ...] = ()
    server_times: Annotated[
        dict[str, str],
        "Times as the server sent them, by dotted path, where `got` has those of the scenario.",
    ] = field(default_factory=dict)
    left_out: Annotated[str, "Why it was not performed, or ''."] = ""
    answered: Annotated[
        Places,
        "Ids of the audit records that were answered, and their places from 1.",
    ] = field(default_factory=dict)
    expected_rows: Annotated[
        Places, "Ids of the audit records that were expected, and their places from 1."
    ] = field(default_factory=dict)
    rpc: Annotated[RpcData | None, "The call behind it, told of red runs outside of proofs."] = None

    @property
    def leading(self) -> tuple[Deviation, ...]:
        """The differences that follow from no other."""
        return tuple(found for found in self.differences if not found.follows)

    def followers(self, leader: Deviation) -> int:
        """Return how many differences follow from one."""
        return sum(1 for found in self.differences if found.follows == leader.where != "")


@dataclass(frozen=True)
class ArchiveData:
    """One audit record."""

    id: Count
    step: Annotated[Count, "The step that wrote it, from 0."]
    kind: str
    resource_id: str
    archived_at: Annotated[str, "As stored."]
    version_hash: str
    tag: str


@dataclass(frozen=True)
class RunData:
    """One run, in all plan cells in which it was green, or red in the same way."""

    status: Annotated[RunStatus, "How it ended."]
    cells: Annotated[tuple[str, ...], "Plan cells."]
    defect: Annotated[str | None, "The defect in place; null is the reference."] = None
    target: str = "local"
    reason: Annotated[str, "One sentence unless it passed."] = ""
    stopped: Annotated[int | None, "The line of the first red step, or of the last one."] = None
    steps: Annotated[
        tuple[StepData, ...], "All of them; of a proof's run with a defect the red ones alone."
    ] = ()
    archives: Annotated[tuple[ArchiveData, ...], "In the order of their writing."] = ()
    explanation: Annotated[str, "SQL and query plan of the failed lookup."] = ""
    case: Annotated[str, "The case of the scenario, or '' where it has none."] = ""


@dataclass(frozen=True)
class ScenarioData:
    """One scenario file."""

    title: str
    path: Annotated[str, "From the root of the run."]
    line: Line
    description: str = ""
    detects: Annotated[tuple[str, ...], "Ids of the defects it claims to detect."] = ()
    source: Annotated[str, "The file's text."] = ""
    runs: Annotated[tuple[RunData, ...], "Each run that differs from the others."] = ()


@dataclass(frozen=True)
class TestData:
    """One test, or a file that could not be collected."""

    __test__ = False

    id: Annotated[str, "pytest's node id."]
    status: Annotated[TestStatus, "How it ended."]
    path: Annotated[str, "Its file, from the root of the run."]
    line: Annotated[Line, "From 1."]
    reason: Annotated[str, "One sentence for every status but passed."] = ""
    detail: Annotated[str, "What pytest shows of a failure."] = ""
    scenario: Annotated[str | None, "The path of the scenario it ran."] = None
    cell: Annotated[str | None, "The plan cell it ran in."] = None
    seconds: Annotated[float, "Set-up, call and tear-down."] = 0.0
    target: Annotated[str, "Where it ran."] = "local"
    promise: Annotated[str, "The scenario, with its case, or the kit's fact; '' for others."] = ""
    registry: Annotated[str, "The class of the kit whose registry was asked, or ''."] = ""
    asked: Annotated[bool, "Whether anybody was there to answer."] = True
    reds: Annotated[tuple[str, ...], "Its red steps, `NUMBER: VERB`, where it is known."] = ()
    disputed: Annotated[tuple[str, ...], "Disputed points that were answered otherwise."] = ()

    def label(self, target: str) -> str:
        """Return its id, and where it ran in a report that is of more than that target."""
        return self.id if self.target == target else f"{self.id} on {self.target}"


@dataclass(frozen=True)
class DefectData:
    """One defect."""

    id: str
    family: str
    harm: str
    origin: str


@dataclass(frozen=True)
class RedData:
    """One red step of a promise."""

    promise: str
    cell: str
    step: Annotated[str, "NUMBER: VERB."]


@dataclass(frozen=True)
class CauseData:
    """Red steps that stand together, since one likely defect explains them."""

    registry: Annotated[str, "The target, or the class of the kit."]
    defect: Annotated[str, "The id of the likely defect, or '' where none explains them."]
    harm: str
    origin: Annotated[str, "What the defect stands for, its hazards explained."]
    instead: Annotated[tuple[str, ...], "Ids of other defects that explain them as well."]
    reds: tuple[RedData, ...]


@dataclass(frozen=True)
class RowData:
    """One scenario."""

    title: str
    path: str
    line: Line
    claimed: tuple[str, ...]
    cells: Annotated[
        dict[str, dict[str, Shown]],
        "By defect, what each plan cell did with it; what is neither claimed nor shown is no row.",
    ]
    faults: Annotated[tuple[str, ...], "Runs that neither passed nor failed, in words."] = ()
    unjudged: Annotated[tuple[str, ...], "Defects that need no claim."] = ()
    is_partial: Annotated[bool, "Whether only chosen defects were tried."] = False
    conditions: Annotated[tuple[str, ...], "The cells that are conditions."] = ()
    claimed_under: Annotated[dict[str, tuple[str, ...]], "Claims by condition."] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class MatrixData:
    """Every scenario against every defect."""

    defects: tuple[DefectData, ...]
    rows: tuple[RowData, ...]
    is_complete: Annotated[bool, "Whether all shipped scenarios ran."]
    problems: Annotated[
        tuple[str, ...], "Why the matrix is not exactly as claimed; empty when it is."
    ]
    wanted: Annotated[tuple[str, ...], "Defects that must be caught, asked for by name."] = ()


@dataclass(frozen=True)
class Times:
    """When and how long."""

    started: Annotated[str, "UTC.", {"format": "date-time"}]
    seconds: Annotated[float, "Duration of the run."]


@dataclass(frozen=True)
class PartData:
    """One run, or one part of it: what must be alike for its report to be merged with others."""

    target: str
    seed: Count
    is_proof: bool
    verdict: Annotated[str, "How it ended, before anything was merged."]
    shard: Annotated[str, "Which part of how many, as 2/4."] = "1/1"
    durations: Annotated[str, "SHA-256 of the file that balanced the parts, or ''."] = ""
    collected: Annotated[str, "SHA-256 of the sorted ids of all parts' items, one per line."] = ""
    defect: str | None = None


@dataclass(frozen=True)
class Document:
    """One run, or several that were merged."""

    verdict: Annotated[str, "`ok`, or how the run ended otherwise, such as `tests failed`."]
    target: Annotated[str, "local, service or HOST:PORT."]
    seed: Annotated[Count, "The run seed."]
    defect: Annotated[str | None, "The catalogued defect in place, if any."]
    is_proof: Annotated[bool, "Whether every scenario ran under every defect."]
    versions: Annotated[dict[str, str], "Versions of Python, SQLite and the packages that matter."]
    times: Times
    counts: Annotated[Counts, "Number of tests by status."]
    tests: Annotated[tuple[TestData, ...], "Most urgent status first, then by id."] = ()
    scenarios: Annotated[tuple[ScenarioData, ...], "By path."] = ()
    matrix: Annotated[MatrixData | None, "The kill matrix of a proof."] = None
    causes: Annotated[tuple[CauseData, ...], "What explains reds of registries not ours."] = ()
    problems: Annotated[tuple[str, ...], "Why the run is red besides its tests."] = ()
    parts: Annotated[tuple[PartData, ...], "The run itself, or all that were merged."] = ()
    format: Annotated[int, "The version of this format.", {"const": FORMAT}] = FORMAT
