"""A run of pytest on scenarios, in a process of its own, as the commands start it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.harness import arguments, completing
from pytest_stigmer.scenario.shipped import scenario_folders

if TYPE_CHECKING:
    import argparse


def run_pytest(options: argparse.Namespace, more: list[str], *, workers: int) -> int:
    """Run pytest on scenario paths and return its exit code; with `--json` print the report alone.

    The shipped scenarios run without the settings of any project.
    """
    if options.json:
        code, report = silent_run(options, more, workers=workers)
        sys.stdout.write(report)
        return code
    words, surroundings = _command(options, more, workers)
    # What is red has its line per cause; pytest's own, one per condition, would push them off.
    return _process([*words, "-rE", "-v" if options.verbose else "-q"], surroundings)


def silent_run(options: argparse.Namespace, more: list[str], *, workers: int) -> tuple[int, str]:
    """Run pytest without a word; return its exit code and its report as JSON, '' without one."""
    with tempfile.TemporaryDirectory(prefix="stigmer-report-") as folder:
        report = Path(folder) / "report.json"
        words, surroundings = _command(options, more, workers)
        silent = [*words, "-p", "no:terminal", f"--stigmer-report={report}"]
        code = _process(silent, surroundings)
        return code, report.read_text(encoding="utf-8") if report.exists() else ""


def _command(
    options: argparse.Namespace, more: list[str], workers: int
) -> tuple[list[str], dict[str, str]]:
    words = [*more, "-p", "no:cacheprovider"]
    if options.seed is not None:
        words.append(f"--stigmer-seed={options.seed}")
    if options.conditions:
        words.append(f"--stigmer-conditions={options.conditions}")
    words += [f"--stigmer-report={Path(report).absolute()}" for report in options.report]
    words += arguments.shard_words(options)
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
    words += map(str, completing.checked_paths(options.paths))
    return words, surroundings


def _process(words: list[str], surroundings: dict[str, str]) -> int:
    # A process of its own: pytest rewrites the asserts of plugins only before they are imported.
    command = [sys.executable, "-m", "pytest", *words]
    done = subprocess.run(command, check=False, env=surroundings)  # noqa: S603 - our own arguments
    if done.returncode == 1 and _reader_has_left():
        raise BrokenPipeError  # pytest says 1 of it, as of a red run
    return done.returncode


def _reader_has_left() -> bool:
    """Tell whether nobody reads standard output any more, as after `| head`."""
    output = select.poll()
    output.register(sys.__stdout__ or 1, 0)
    return any(event & select.POLLERR for _, event in output.poll(0))
