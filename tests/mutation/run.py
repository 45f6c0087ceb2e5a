"""Break one thing at a time in store and skills, and see who notices.

Run as `python -m tests.mutation.run`. Cosmic Ray makes the mutants, in a copy of this project. The
suites of `cosmic-ray.toml` judge each in turn, the scenarios alone first, until one is red; a
mutant that none kills is printed with its diff. A survivor is a missing test or scenario, or a
change that nobody can observe.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import chdir, suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cosmic_ray.commands import init
from cosmic_ray.config import load_config
from cosmic_ray.modules import find_modules
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome
from tests.mutation.meaning import is_another_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cosmic_ray.config import ConfigDict
    from cosmic_ray.work_item import MutationSpec

_ROOT = Path(__file__).parents[2]
_COPIED = ("src", "tests", "scenarios", "conftest.py", "pyproject.toml")
_CONFIG = Path(__file__).with_name("cosmic-ray.toml")
_PYTEST = "-m pytest -q -x -p pytest_stigmer.plugin"
_SURVIVED = "none"


def main(arguments: list[str]) -> int:
    """Judge the mutants, one line each, then print the shares; status 1 if a suite is red as is."""
    logging.getLogger().setLevel(logging.ERROR)  # it logs every test run
    options = _options(arguments)
    config = load_config(str(_CONFIG))
    with TemporaryDirectory(prefix="stigmer-mutants-") as folder, chdir(folder):
        _copy(Path(folder))
        os.environ.update(PYTHONPATH=str(Path(folder, "src")), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        if red := [suite for suite in config["suites"].values() if not _green(suite)]:
            _say(f"red before any mutation: {', '.join(red)}")
            return 1
        mutants = _mutants(config)
        random.Random(options.seed).shuffle(mutants)  # noqa: S311 - a sample, not a secret
        chosen = islice(filter(_runs_otherwise, mutants), None if options.all else options.sample)
        killers = _tally(chosen, config)
    _say(*_shares(killers, list(config["suites"])))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.mutation.run", description=__doc__)
    parser.add_argument("--sample", type=int, default=150, help="how many mutants (default: 150)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (default: 0)")
    parser.add_argument("--all", action="store_true", help="every mutant; takes hours")
    return parser.parse_args(arguments)


def _copy(folder: Path) -> None:
    no_bytecode = shutil.ignore_patterns("__pycache__")
    for name in _COPIED:
        if Path(_ROOT, name).is_dir():
            shutil.copytree(_ROOT / name, folder / name, ignore=no_bytecode)
        else:
            shutil.copy2(_ROOT / name, folder)


def _green(suite: str) -> bool:
    """Run a suite on the healthy code; this also leaves the bytecode that the mutants' runs use."""
    return subprocess.run(_command(suite).split(), check=False).returncode == 0


def _command(suite: str) -> str:
    return f"{sys.executable} {_PYTEST} {suite}"


def _mutants(config: ConfigDict) -> list[MutationSpec]:
    """Return what Cosmic Ray can change, always in the same order."""
    modules = sorted(find_modules([Path(path) for path in config["module-path"]]))
    with use_db("mutants.sqlite", WorkDB.Mode.create) as database:
        init(modules, database, {})
        found = [mutant for item in database.work_items for mutant in item.mutations]
    return sorted(found, key=lambda at: (at.module_path, at.operator_name, at.occurrence))


def _runs_otherwise(mutant: MutationSpec) -> bool:
    healthy = mutant.module_path.read_text(encoding="utf-8")
    operator = get_operator(mutant.operator_name)()
    return is_another_program(healthy, mutate_code(healthy, operator, mutant.occurrence))


def _tally(mutants: Iterable[MutationSpec], config: ConfigDict) -> Counter[str]:
    """Judge mutants until there are no more, or until Ctrl-C; count them by their killers."""
    killers: Counter[str] = Counter()
    with suppress(KeyboardInterrupt):
        for mutant in mutants:
            killers[_judge(mutant, config)] += 1
    return killers


def _judge(mutant: MutationSpec, config: ConfigDict) -> str:
    """Return the first suite that kills the mutant, or `none`; say it."""
    killer, diff = _SURVIVED, ""
    for name, suite in config["suites"].items():
        result = mutate_and_test([mutant], _command(suite), config.timeout)
        diff = result.diff
        if result.test_outcome is not TestOutcome.SURVIVED:
            killer = name
            break
    where = f"{mutant.module_path}:{mutant.start_pos[0]}"
    _say(f"{killer:10} {where} {mutant.operator_name}", *_changed_lines(diff, killer))
    return killer


def _changed_lines(diff: str, killer: str) -> Iterator[str]:
    for line in diff.splitlines() if killer == _SURVIVED else ():
        if line.startswith(("-", "+")) and not line.startswith(("---", "+++")):
            yield f"    {line}"


def _shares(killers: Counter[str], suites: list[str]) -> Iterator[str]:
    """Give one line per suite: what it and those before it killed."""
    killed, total = 0, killers.total()
    for name in suites:
        killed += killers[name]
        yield f"killed up to {name}: {killed} of {total} ({killed / max(total, 1):.1%})"
    yield f"survived: {killers[_SURVIVED]}"


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
