"""What several sub-commands of stigmer-harness share: their arguments, and how they speak."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError, visible
from pytest_stigmer.harness.options import DEFAULT_SEED, REPORT_SUFFIXES, seed_of
from pytest_stigmer.harness.server_options import API_KEY_VARIABLE, TOKEN_VARIABLE, ServerOptions

if TYPE_CHECKING:
    from collections.abc import Iterator


def say(text: str) -> None:
    """Print lines of a person's; data for programs is written as it is."""
    sys.stdout.write(f"{visible(text)}\n")


def count(text: str) -> int:
    """Read a number of processes."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes, 1 or more")
    return int(text)


def minutes(text: str) -> float:
    """Read how long something may take."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes above 0")
    return number


def seed(text: str) -> int:
    """Read a run seed, or draw one for `random`."""
    try:
        return seed_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Declare the run seed."""
    parser.add_argument(
        "--seed",
        metavar="N|random",
        type=seed,
        help=f"the seed of all generated data (default: {DEFAULT_SEED})",
    )


def add_conditions(parser: argparse.ArgumentParser) -> None:
    """Declare under which conditions scenarios run."""
    parser.add_argument(
        "--conditions",
        metavar="default|all|none|NAME,...",
        help="the conditions that scenarios run under as well; NAME+NAME combines them",
    )


def add_defects(parser: argparse.ArgumentParser, told: str) -> None:
    """Declare that any number of catalogued defects can be named, and what is done with them."""
    parser.add_argument("--defect", metavar="ID", nargs="+", action="extend", default=[], help=told)


def add_reports(parser: argparse.ArgumentParser, data: str = "data") -> None:
    """Declare the files that reports are written to."""
    parser.add_argument(
        "--report",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help=f"write FILE.html (a page), FILE.json ({data}) or FILE.md (a summary); repeatable",
    )


def check_reports(given: argparse.Namespace) -> None:
    """Raise UsageError for a report of a format that there is not, before anything is done."""
    if any(path.suffix not in REPORT_SUFFIXES for path in given.report):
        raise UsageError.no_report_suffix(REPORT_SUFFIXES)


def add_shard(parser: argparse.ArgumentParser) -> None:
    """Declare which part of the scenarios runs."""
    parser.add_argument("--shard", metavar="K/N", help="the K-th of N parts; see `merge`")
    parser.add_argument(
        "--durations", metavar="FILE.json", help="with --shard: an earlier report that balances it"
    )


def shard_words(given: argparse.Namespace) -> Iterator[str]:
    """Yield the options of a pytest run of a part."""
    for name in ("shard", "durations"):
        if getattr(given, name):
            yield f"--stigmer-{name}={getattr(given, name)}"


def add_target(parser: argparse.ArgumentParser) -> None:
    """Declare where scenarios run, and how a server in another process is reached."""
    parser.add_argument(
        "--target",
        metavar="local|service|HOST:PORT",
        help="the registry to ask (default: local)",
    )
    parser.add_argument("--defect", metavar="ID", help="with this catalogued defect in place")
    parser.add_argument("--tls", action="store_true", help="reach HOST:PORT by TLS")
    parser.add_argument(
        "--tls-ca",
        metavar="FILE.pem",
        help="reach HOST:PORT by TLS, checked against these certificates",
    )
    parser.add_argument(
        "--token",
        metavar="TOKEN",
        help="sent as 'authorization: Bearer TOKEN' "
        f"(default: {TOKEN_VARIABLE}, else {API_KEY_VARIABLE})",
    )
    parser.add_argument(
        "--deadline",
        metavar="SECONDS",
        help=f"how long one call may take (default: {ServerOptions.deadline:g})",
    )
    parser.add_argument(
        "--harmful", action="store_true", help="also send what could damage HOST:PORT"
    )
    parser.add_argument(
        "--database",
        metavar="FILE",
        type=Path,
        help="the database of a server on this host, to look at",
    )
    parser.add_argument(
        "--artifacts",
        metavar="FOLDER",
        type=Path,
        help="the folder of its artifacts; holds skills/",
    )


def target_words(given: argparse.Namespace) -> Iterator[str]:
    """Yield the options of a pytest run on the target."""
    for name in (
        *("target", "defect", "tls_ca", "token", "deadline", "database", "artifacts"),
        *("expect", "write_expectations"),
    ):
        value = getattr(given, name)
        if value is not None:
            yield f"--stigmer-{name.replace('_', '-')}={value}"
    for flag in ("tls", "harmful", "allow_inconclusive"):
        if getattr(given, flag):
            yield f"--stigmer-{flag.replace('_', '-')}"
