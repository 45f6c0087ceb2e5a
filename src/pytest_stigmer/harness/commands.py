"""The sub-commands of stigmer-harness. Scenarios run through pytest and the plugin, as anywhere."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError
from pytest_stigmer.harness import (
    arguments,
    checking,
    completing,
    conforming,
    exploring,
    inspecting,
    merging,
    showing,
)
from pytest_stigmer.harness.arguments import say
from pytest_stigmer.harness.pytest_run import run_pytest
from pytest_stigmer.scenario.model import SUFFIX, scenario_files, stem_of
from pytest_stigmer.service import serve

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence


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
    parser.add_argument("-v", "--verbose", action="store_true", help="name every scenario and kill")
    arguments.add_conditions(parser)
    parser.add_argument("-k", metavar="EXPRESSION", help="only scenarios whose title matches")
    arguments.add_shard(parser)
    parser.add_argument("--json", action="store_true", help="print the JSON report alone")
    arguments.add_reports(parser)


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    _scenario_arguments(parser)
    arguments.add_target(parser)
    parser.add_argument("--expect", metavar="FILE", type=Path, help="reds that are known, in TOML")
    parser.add_argument(
        "--allow-inconclusive",
        action="store_true",
        help="exit with 0 where every scenario was skipped or inconclusive",
    )
    parser.add_argument(
        "--write-expectations",
        metavar="FILE",
        type=Path,
        help="write the reds of this run as a file for --expect, the reasons to be filled in",
    )
    parser.add_argument(
        "--complete",
        metavar="FILE",
        type=Path,
        help="fill in missing `returns` of one file from what happens, and exit with 1",
    )


_NOT_WITH_COMPLETE = {"paths", "target", "defect", "k", "json", "report", "workers", "conditions"}
"""What a file is not completed with: it is filled in from the reference, in process."""


def _run(options: argparse.Namespace) -> int:
    if options.complete:
        given = vars(options).keys() & _NOT_WITH_COMPLETE
        ignored = sorted(name for name in given if getattr(options, name))
        if ignored:
            raise UsageError.not_with("--complete", ignored)
        return completing.expectations(options.complete, options.seed)
    return run_pytest(options, [*arguments.target_words(options)], workers=options.workers or 1)


def _prove_arguments(parser: argparse.ArgumentParser) -> None:
    _scenario_arguments(parser)
    arguments.add_defects(parser, "prove these defects alone; write paths before it, or after `--`")
    parser.add_argument(
        "--exact",
        action="store_true",
        help="your scenarios too must claim every defect they are red under, whoever ships it",
    )
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="repeat every run instead of taking known verdicts, as is done where CI is set",
    )
    parser.add_argument(
        "--thorough",
        dest="conditions",
        action="store_const",
        const="all",
        help="under all conditions, and look there for what no scenario shows without one",
    )
    parser.add_argument(
        "--complete",
        action="store_true",
        help="write the claims that are missing into `detects` of each scenario, and exit with 1",
    )


def _prove(options: argparse.Namespace) -> int:
    if options.complete:
        ignored = [name for name in ("k", "json", "report", "workers") if getattr(options, name)]
        if ignored:
            raise UsageError.not_with("--complete", ignored)
        return completing.claims(options.paths, options.defect, options.seed)
    words = [f"--stigmer-defect={defect}" for defect in options.defect]
    words += ["--stigmer-prove", *(["--stigmer-exact"] if options.exact else [])]
    if not options.no_cache and not os.environ.get("CI"):
        from pytest_stigmer.prove.verdicts import cache_folder

        words.append(f"--stigmer-verdicts={cache_folder()}")
    words += ["-n", "0"] if options.workers == 1 else []
    return run_pytest(options, words, workers=options.workers or _provers(options.paths))


def _provers(paths: Sequence[str]) -> int:
    """Return how many processes are of use: a file is proved by one, which costs a second more."""
    files = [len(scenario_files(Path(path))) or 1 for path in paths]
    return min(os.cpu_count() or 1, sum(files) or sys.maxsize)


_EDITOR_SCHEMA = "scenario.schema.json"
"""The schema beside a user's scenarios, which his colleagues' editors find too."""


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=f"the file is NAME{SUFFIX}, in this folder")


def _new(options: argparse.Namespace) -> int:
    from pytest_stigmer.scenario.writer import new_scenario

    path = Path(f"{stem_of(options.name)}{SUFFIX}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(new_scenario(stem_of(path.name), schema=_EDITOR_SCHEMA))
    except FileExistsError:
        raise UsageError.exists(path) from None
    schema = path.with_name(_EDITOR_SCHEMA)
    if not schema.exists():
        _write_schema(schema)
    say(f"wrote {path}; run it: stigmer-harness run {shlex.quote(str(path))}")
    return 0


def _write_schema(path: Path) -> None:
    from pytest_stigmer.scenario.schema_file import SCHEMA_PATH

    path.write_bytes(SCHEMA_PATH.read_bytes())
    say(f"wrote {path}: commit it, so that your colleagues' editors complete scenarios too")


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--write",
        nargs="?",
        const="",
        metavar="FOLDER",
        help=f"write it to FOLDER/{_EDITOR_SCHEMA}, for editors; without FOLDER, as a maintainer "
        "of this package: where it ships, with the page of verbs",
    )


def _schema(options: argparse.Namespace) -> int:
    from pytest_stigmer.scenario.reference_page import page_path, reference_page
    from pytest_stigmer.scenario.schema_file import SCHEMA_PATH, text

    if options.write:
        _write_schema(Path(options.write) / _EDITOR_SCHEMA)
        return 0
    if options.write is None:
        sys.stdout.write(SCHEMA_PATH.read_text(encoding="utf-8"))
        return 0
    for path, content in ((SCHEMA_PATH, text()), (page_path(), reference_page())):
        path.write_text(content, encoding="utf-8")
        say(f"wrote {path}")
    return 0


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    serve.add_arguments(parser)
    arguments.add_defects(
        parser,
        "with these catalogued defects in place, all at once; with --no-control the server "
        "stands in for one of others",
    )


def _serve(options: argparse.Namespace) -> int:
    from pytest_stigmer.defects.catalogue import recipe_of

    return serve.run(options, recipe_of(options.defect))


COMMANDS = {
    "run": Command("run scenarios", _run_arguments, _run),
    "prove": Command(
        "run every scenario on the reference and on every defect; fail unless exactly as claimed",
        _prove_arguments,
        _prove,
    ),
    "show": Command(
        "tell what a defect does: the wrong answer on a real file, and the right one",
        showing.add_arguments,
        showing.run,
    ),
    "schema": Command("print the JSON schema of scenario files", _schema_arguments, _schema),
    "new": Command("write a commented scenario file to start from", _new_arguments, _new),
    "defects": Command(
        "list the catalogue of defects", showing.add_list_arguments, showing.run_list
    ),
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
    "conform": Command(
        "state which promises a registry keeps, each with one verdict",
        conforming.add_arguments,
        conforming.run,
    ),
    "compare": Command(
        "tell what got better and what got worse between two statements of `conform`",
        conforming.add_compared,
        conforming.compare,
    ),
    "merge": Command(
        "join JSON reports of shards and targets to one, and judge it as if it had been one run",
        merging.add_arguments,
        merging.run,
    ),
    "serve": Command("serve the skill API on gRPC until stopped", _serve_arguments, _serve),
}
