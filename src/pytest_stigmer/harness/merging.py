"""`stigmer-harness merge`: one report of the parts of a run, judged as if it had been one run."""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pytest_stigmer.errors import UsageError, counted
from pytest_stigmer.harness import arguments
from pytest_stigmer.harness import report_building as building
from pytest_stigmer.harness.arguments import say
from pytest_stigmer.harness.report_collector import write
from pytest_stigmer.prove.matrix import Matrix, draw, judge, merge
from pytest_stigmer.prove.proof import Row
from pytest_stigmer.report.data import (
    RED,
    STATUSES,
    Document,
    MatrixData,
    PartData,
    Times,
)
from pytest_stigmer.report.joining import joined
from pytest_stigmer.scenario.shipped import known_scenarios

_WORST = ("internal error", "interrupted", "usage error", "tests failed", "no tests collected")

Read = tuple[str, Document]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the reports and what is made of them."""
    parser.add_argument("files", nargs="+", metavar="REPORT.json", help="as --report wrote them")
    arguments.add_reports(parser)


def run(options: argparse.Namespace) -> int:
    """Merge, print and write; return the exit code that one run of everything has."""
    arguments.check_reports(options)
    document, matrix = merged([(file, _read(file)) for file in options.files])
    for path in options.report:
        write(document, path)
    for line in _told(document, matrix):
        say(line)
    return building.exit_code_of(document.verdict)


def _read(file: str) -> Document:
    document = building.read_file(Document, Path(file))
    if not document.parts:
        raise UsageError.no_report(file, "it does not say of which run it is a part")
    return document


def merged(reports: Sequence[Read]) -> tuple[Document, Matrix | None]:
    """Return one document, and its matrix; raise UsageError for parts of different wholes."""
    _check([(file, part) for file, document in reports for part in document.parts])
    documents = [document for _, document in reports]
    parts = tuple(part for document in documents for part in document.parts)
    matrix = _matrix(reports)
    # What cannot be collected is told by every part.
    tests = dict.fromkeys(test for document in documents for test in document.tests)
    counts = Counter(test.status for test in tests)
    document = Document(
        verdict=_verdict(parts, matrix),
        target=_listed(part.target for part in parts),
        seed=parts[0].seed,
        defect=_listed(part.defect or "" for part in parts) or None,
        is_proof=matrix is not None,
        versions=_versions(documents),
        times=Times(
            min(document.times.started for document in documents),
            round(sum(document.times.seconds for document in documents), 3),
        ),
        counts={status: counts[status] for status in STATUSES},
        tests=tuple(
            sorted(tests, key=lambda test: (STATUSES.index(test.status), test.id, test.target))
        ),
        scenarios=joined(tuple(one for document in documents for one in document.scenarios)),
        matrix=building.matrix_data(matrix) if matrix else None,
        causes=tuple(cause for document in documents for cause in document.causes),
        problems=tuple(problem for document in documents for problem in document.problems),
        parts=tuple(sorted(parts, key=lambda part: (part.target, part.is_proof, part.shard))),
    )
    return document, matrix


def _check(parts: list[tuple[str, PartData]]) -> None:
    """Refuse parts of different wholes, a part that is there twice, and one that is missing."""
    _alike(parts, "the seed", lambda part: part.seed)
    wholes: dict[Any, list[tuple[str, PartData]]] = {}
    for file, part in parts:
        wholes.setdefault((part.target, part.is_proof, part.defect), []).append((file, part))
    for told in wholes.values():
        _alike(told, "the number of shards", lambda part: part.shard.partition("/")[2])
        _alike(told, "the hash of the file of durations", lambda part: part.durations)
        _alike(told, "the hash of all collected ids", lambda part: part.collected)
        by_number: dict[str, str] = {}
        for file, part in told:
            number, _, of = part.shard.partition("/")
            if number in by_number:
                raise UsageError.doubled_shard(part.shard, by_number[number], file)
            by_number[number] = file
        missing = [str(n) for n in range(1, int(of) + 1) if str(n) not in by_number]
        if missing:
            raise UsageError.missing_shards(missing, of, part.target)


def _alike(
    parts: list[tuple[str, PartData]], what: str, value: Callable[[PartData], object]
) -> None:
    first, known = parts[0][0], value(parts[0][1])
    for file, part in parts:
        if value(part) != known:
            raise UsageError.unlike_reports(what, {first: known, file: value(part)})


def _matrix(reports: Sequence[Read]) -> Matrix | None:
    proofs = [(file, document.matrix) for file, document in reports if document.matrix]
    if not proofs:
        return None
    first, known = proofs[0]
    for file, matrix in proofs:
        if _asked(matrix) != _asked(known):
            counts = {first: len(known.defects), file: len(matrix.defects)}
            raise UsageError.unlike_reports("the defects that were tried", counts)
    rows = [Row(**asdict(row)) for _, matrix in proofs for row in matrix.rows]
    defects = [defect.id for defect in known.defects]
    return merge(rows, defects, known_scenarios(), known.wanted)


def _asked(matrix: MatrixData) -> object:
    return [defect.id for defect in matrix.defects], matrix.wanted


def _verdict(parts: Sequence[PartData], matrix: Matrix | None) -> str:
    verdicts = [part.verdict for part in parts]
    worst = [word for word in _WORST if word in verdicts]
    worst += [word for word in verdicts if word not in (*_WORST, "ok")]
    if worst[:1] in ([], ["no tests collected"]) and matrix and matrix.problems():
        return "tests failed"
    return worst[0] if worst else "ok"


def _listed(words: Any) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))


def _versions(documents: Sequence[Document]) -> dict[str, str]:
    names = dict.fromkeys(name for document in documents for name in document.versions)
    return {
        name: _listed(document.versions.get(name, "") for document in documents) for name in names
    }


def _told(document: Document, matrix: Matrix | None) -> Iterator[str]:
    for test in document.tests:
        if test.status in RED:
            yield f"{test.status.upper()} {test.id} ({test.target}): {test.reason}"
    counts = [f"{count} {status}" for status, count in document.counts.items() if count]
    reports = counted(len(document.parts), "report")
    yield f"{reports}: {', '.join(counts) or 'no test ran'}: {document.verdict}"
    if matrix:
        width = shutil.get_terminal_size().columns
        yield from judge(matrix, width)
        yield from () if matrix.complete else draw(matrix, width)
