"""The command `check`: recorded histories, judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.concurrency.checker import check_file
from pytest_stigmer.harness.arguments import say

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Judge histories that pytest_stigmer.Recorder recorded, or JSON lines of that form from "
        "anywhere. Exit code: 0 if a correct registry could have answered so, 1 if none could, 2 "
        "if they cannot be judged."
    )
    parser.add_argument(
        "histories", nargs="+", metavar="FILE", help="JSON lines, an operation each"
    )


def run(given: argparse.Namespace) -> int:
    """Print every fault, a line each; return 1 when there is one."""
    faults = [f"{path}: {fault}" for path in given.histories for fault in check_file(path)]
    for line in faults or ["no fault"]:
        say(line)
    return 1 if faults else 0
