"""The commands `conform` and `compare`: what a registry promises, and what became of it since."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_stigmer.errors import UsageError
from pytest_stigmer.harness import arguments
from pytest_stigmer.harness import report_building as building
from pytest_stigmer.harness.arguments import say
from pytest_stigmer.harness.pytest_run import silent_run
from pytest_stigmer.report.data import Document
from pytest_stigmer.report.statement import (
    PromiseData,
    Statement,
    registries,
    statement,
)
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.model import Scenario, stem_of
from pytest_stigmer.scenario.shipped import known_scenarios

_GOOD = ("held", "disputed")
_BAD = ("broken", "expected broken")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which registry is asked, or which report tells of it."""
    arguments.add_target(parser)
    arguments.add_seed(parser)
    arguments.add_conditions(parser)
    parser.add_argument("--expect", metavar="FILE", type=Path, help="reds that are known, in TOML")
    parser.add_argument("--workers", type=arguments.count, metavar="N", help="how many processes")
    parser.add_argument(
        "--from",
        dest="read",
        metavar="REPORT.json",
        type=Path,
        help="ask nobody: state what a report of pytest tells, of the conformance kit too",
    )
    parser.add_argument(
        "--of", metavar="NAME", help="with --from: the target, or the class of the kit, it is about"
    )
    arguments.add_reports(parser, "data, for `compare`")
    parser.set_defaults(allow_inconclusive=False, write_expectations=None)


def run(options: argparse.Namespace) -> int:
    """State what a registry promises; return 0 only where nothing is broken that was not expected.

    Raises UsageError for a report that cannot be read, or that tells of several registries.
    """
    arguments.check_reports(options)
    if options.read:
        document = building.read_file(Document, options.read)
    else:
        code, report = _asked(options)
        if not report:
            return code or 1
        document = building.read(Document, "the report of the run", report)
    made = statement(document, _chosen(document, options), _scenarios(document))
    for path in options.report:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _rendered(made, path.suffix)
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    from pytest_stigmer.report.statement_pages import lines

    for line in lines(made):
        say(line)
    return building.exit_code_of(made.verdict) or int(bool(made.counts["broken"]))


def _asked(options: argparse.Namespace) -> tuple[int, str]:
    """Ask the known scenarios of a target; return the exit code and the report as JSON."""
    told = {"paths": [], "verbose": False, "k": None, "shard": None, "durations": None}
    given = {**vars(options), **told, "report": [], "conditions": options.conditions or "none"}
    asking = argparse.Namespace(**given)
    sys.stderr.write(f"asking {options.target or 'local'} ...\n")
    return silent_run(asking, [*arguments.target_words(options)], workers=options.workers or 1)


def _chosen(document: Document, options: argparse.Namespace) -> str:
    found = registries(document)
    if options.of in found or (not options.of and len(found) == 1):
        return str(options.of or found[0])
    if not found:
        raise UsageError.no_report(options.read, "it tells of no promise")
    if options.of:
        raise UsageError.unknown("registry", options.of, found)
    raise UsageError(f"{options.read} covers several registries: --of {', --of '.join(found)}")


def _scenarios(document: Document) -> dict[str, Scenario]:
    """Return the known scenarios that a report tells of, by the key of a case."""
    names = {test.promise.partition("[")[0] for test in document.tests}
    paths = (path for path in known_scenarios() if stem_of(path.name) in names)
    return {case.key: case for path in paths for case in load(path).expanded()}


def _rendered(made: Statement, suffix: str) -> str:
    if suffix == ".json":
        from pytest_stigmer.report.as_json import whole

        return whole(made)
    from pytest_stigmer.report.statement_pages import html, markdown

    return html(made) if suffix == ".html" else markdown(made)


def add_compared(parser: argparse.ArgumentParser) -> None:
    """Declare the two statements."""
    parser.description = (
        "Compare two statements that `conform --report FILE.json` wrote. Exit code: 0 nothing got "
        "worse, 1 something did."
    )
    parser.add_argument("old", metavar="OLD.json", type=Path)
    parser.add_argument("new", metavar="NEW.json", type=Path)


def compare(options: argparse.Namespace) -> int:
    """Tell what got worse, better or otherwise, what is new and what is gone; 1 if worse."""
    old, new = (building.read_file(Statement, path) for path in (options.old, options.new))
    found = list(changes(old, new))
    for change in sorted(found, key=lambda change: _ORDER.index(change.kind)):
        say(f"{change.kind.upper()} {change.name}: {change.told}")
    say(f"{old.summary} -> {new.summary}")
    return int(any(change.kind == "worse" for change in found))


_ORDER = ("worse", "new", "gone", "changed", "better")


@dataclass(frozen=True)
class Change:
    """What became of one promise; `kind` is one of worse, better, changed, new and gone."""

    kind: str
    name: str
    told: str


def changes(old: Statement, new: Statement) -> Iterator[Change]:
    """Yield what became of each promise, but of those that are as they were."""
    before = {promise.name: promise for promise in old.promises}
    after = {promise.name: promise for promise in new.promises}
    for name, promise in after.items():
        if name not in before:
            yield Change("new", name, promise.verdict)
        elif kind := _kind(before[name], promise):
            yield Change(kind, name, _told(before[name], promise))
    for name in before.keys() - after.keys():
        yield Change("gone", name, f"it was {before[name].verdict}")


def _kind(old: PromiseData, new: PromiseData) -> str:
    """Return how a promise changed, '' where it did not.

    Who no longer knows whether a promise is kept is worse off; who no longer asks one that was
    broken is not better off.
    """
    if new.verdict in _BAD and (old.verdict not in _BAD or set(new.reds) - set(old.reds)):
        return "worse"
    if old.verdict in _GOOD and new.verdict not in _GOOD:
        return "worse"
    if new.verdict in _GOOD and old.verdict not in _GOOD:
        return "better"
    if old.verdict in _BAD and new.verdict in _BAD and set(old.reds) - set(new.reds):
        return "better"
    return "changed" if old.verdict != new.verdict else ""


def _told(old: PromiseData, new: PromiseData) -> str:
    if old.verdict != new.verdict:
        return f"{old.verdict} -> {new.verdict}" + (f" ({new.why})" if new.why else "")
    more, fewer = (set(new.reds) - set(old.reds), set(old.reds) - set(new.reds))
    told = [f"red now: {', '.join(sorted(more))}"] if more else []
    told += [f"green now: {', '.join(sorted(fewer))}"] if fewer else []
    return f"{new.verdict}, {'; '.join(told)}"
