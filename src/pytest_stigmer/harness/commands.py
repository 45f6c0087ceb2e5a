"""The sub-commands of stigmer-harness. Scenarios run through pytest and the plugin, as anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError
from pytest_stigmer.harness import arguments, checking, exploring, inspecting
from pytest_stigmer.harness.options import Options
from pytest_stigmer.scenario.model import SUFFIX
from pytest_stigmer.scenario.shipped import scenario_folders
from pytest_stigmer.service import serve

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Command:
    """One sub-command: its help, its arguments, and what it does; `run` returns the exit code."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def _scenario_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or folders (default: the shipped ones)"
    )
    arguments.add_seed(parser)
    parser.add_argument("--workers", type=arguments.count, metavar="N", help="how many processes")
    parser.add_argument("-k", metavar="EXPRESSION", help="only scenarios whose title matches")
    parser.add_argument("--json", action="store_true", help="print the JSON report alone")
    parser.add_argument(
        "--report",
        metavar="FILE",
        action="append",
        default=[],
        help="write FILE.html (a page), FILE.json (data) or FILE.md (a summary); repeatable",
    )


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    _scenario_arguments(parser)
    arguments.add_target(parser)
    parser.add_argument(
        "--complete",
        metavar="FILE",
        type=Path,
        help="fill in missing `returns` of one file from what happens, and exit with 1",
    )


_NOT_WITH_COMPLETE = {"paths", "target", "defect", "k", "json", "report", "workers"}
"""What a file is not completed with: it is filled in from the reference, in process."""


def _run(options: argparse.Namespace) -> int:
    if options.complete:
        given = vars(options).keys() & _NOT_WITH_COMPLETE
        ignored = sorted(name for name in given if getattr(options, name))
        if ignored:
            raise UsageError.not_with("--complete", ignored)
        return _complete(options.complete, options.seed)
    return _pytest(options, [*arguments.target_words(options)], workers=options.workers or 1)


def _prove(options: argparse.Namespace) -> int:
    return _pytest(options, ["--stigmer-prove"], workers=options.workers or os.cpu_count() or 1)


def _pytest(options: argparse.Namespace, more: list[str], *, workers: int) -> int:
    """Run pytest on scenario paths; the shipped ones run without the settings of any project."""
    words = [*more, "-p", "no:cacheprovider"]
    if options.seed is not None:
        words.append(f"--stigmer-seed={options.seed}")
    words += [f"--stigmer-report={Path(report).absolute()}" for report in options.report]
    if options.k:
        words += ["-k", options.k]
    if workers > 1:
        words += ["-n", str(workers), "--maxschedchunk=1"]
    surroundings = dict(os.environ)
    if not options.paths:
        # The known scenarios run alike everywhere: no project's settings, nobody's plugins.
        folders = [str(folder) for folder in scenario_folders()]
        words += ["-p", "xdist", "-p", "pytest_stigmer.plugin", "--noconftest"]
        words += ["-c", os.devnull, f"--rootdir={folders[0]}", *folders]
        surroundings["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for path in options.paths:
        if not Path(path).exists():
            raise UsageError.no_such_path(path)
    words += options.paths
    start = _pytest_as_json if options.json else _pytest_process
    return start(words, surroundings)


def _pytest_process(words: list[str], surroundings: dict[str, str]) -> int:
    # A process of its own: pytest rewrites the asserts of plugins only before they are imported.
    command = [sys.executable, "-m", "pytest", *words]
    done = subprocess.run(command, check=False, env=surroundings)  # noqa: S603 - our own arguments
    return done.returncode


def _pytest_as_json(words: list[str], surroundings: dict[str, str]) -> int:
    with tempfile.TemporaryDirectory(prefix="stigmer-report-") as folder:
        report = Path(folder) / "report.json"
        silent = [*words, "-p", "no:terminal", f"--stigmer-report={report}"]
        code = _pytest_process(silent, surroundings)
        if report.exists():
            _say(report.read_text(encoding="utf-8").rstrip())
    return code


def _complete(path: Path, seed: int | None) -> int:
    """Fill in what a scenario leaves open; exit with 1, because nobody has looked at it yet."""
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.harness.runs import outcome_of
    from pytest_stigmer.prove.proof import PLAIN_CELL
    from pytest_stigmer.scenario.loader import load
    from pytest_stigmer.scenario.writer import complete

    session = HarnessSession(Options() if seed is None else Options(seed=seed))
    try:
        outcome = outcome_of(session, load(path), PLAIN_CELL, str(path))
    finally:
        session.close()
    text, written = complete(path, outcome)
    path.write_bytes(text.encode())
    for number, line in written:
        _say(f"WROTE {path}:{number}: {line.strip()}")
    _say(f"{path}: {len(written)} line(s) written from what happened; read before you trust them")
    return 1


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=f"the file is NAME{SUFFIX}, in this folder")


def _new(options: argparse.Namespace) -> int:
    from pytest_stigmer.scenario.writer import new_scenario

    path = Path(f"{options.name.removesuffix(SUFFIX)}{SUFFIX}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(new_scenario(path.name.removesuffix(SUFFIX)))
    except FileExistsError:
        raise UsageError.exists(path) from None
    _say(f"wrote {path}; run it: stigmer-harness run {path}")
    return 0


def _defects_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as a JSON list")


def _defects(options: argparse.Namespace) -> int:
    from pytest_stigmer.defects.catalogue import catalogue

    rows = [
        {"id": found.id, "family": found.family, "harm": found.harm, "origin": found.origin}
        for found in catalogue().values()
    ]
    if options.json:
        _say(json.dumps(rows, indent=2))
    else:
        _print_table([list(row.values()) for row in rows], ("id", "family", "harm", "origin"))
    return 0


def _print_table(rows: Iterable[list[str]], head: tuple[str, ...]) -> None:
    lines = [list(head), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        _say("  ".join(cells).rstrip())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


COMMANDS = {
    "run": Command("run scenarios", _run_arguments, _run),
    "prove": Command(
        "run every scenario on the reference and on every defect; fail unless exactly as claimed",
        _scenario_arguments,
        _prove,
    ),
    "new": Command("write a commented scenario file to start from", _new_arguments, _new),
    "defects": Command("list the catalogue of defects", _defects_arguments, _defects),
    "inspect": Command(
        "look into a store file without changing it, for orders that rest on a tiebreak",
        inspecting.add_arguments,
        inspecting.run,
    ),
    "explore": Command(
        "search random histories for a wrong answer; write the shortest as a scenario",
        exploring.add_arguments,
        exploring.run,
    ),
    "check": Command(
        "judge recorded histories of several callers: what no correct registry could have answered",
        checking.add_arguments,
        checking.run,
    ),
    "serve": Command("serve the skill API on gRPC until stopped", serve.add_arguments, serve.run),
}
