"""What pytest has to know of us in every run: options, ini settings, the place of the run's state.

A run that uses nothing of ours loads no other part of this package.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

DEFAULT_SEED = 20260126

SESSION: pytest.StashKey[Any] = pytest.StashKey()
"""Where a run's HarnessSession lies, once something of ours was used."""

CLOCK_MARK = (
    "stigmer_clock(start): freeze the clock at this instant, such as '2026-01-25T10:00:00.100Z'"
)


def add_options(parser: pytest.Parser) -> None:
    """Declare the command line options and ini settings."""
    group = parser.getgroup("stigmer", "Stigmer skill registry")
    _add_run_options(group)
    _add_report_options(group)
    _add_server_options(group)
    _add_shard_options(group)
    parser.addini(
        "stigmer_stubs",
        "message classes: 'auto' (installed stubs if they are of this API generation), "
        "'bundled' or 'installed'",
        default="auto",
    )
    parser.addini(
        "stigmer_clock_sqlite",
        "whether SQLite connections that a test opens under stigmer_clock follow it",
        type="bool",
        default=True,
    )


def _add_run_options(group: pytest.OptionGroup) -> None:
    """Declare what is run, and where."""
    group.addoption(
        "--stigmer-target",
        metavar="local|service|HOST:PORT",
        help="where scenarios and stigmer_flow run (default: local, in process)",
    )
    group.addoption(
        "--stigmer-seed",
        metavar="N|random",
        help=f"the seed of all generated data (default: {DEFAULT_SEED})",
    )
    group.addoption(
        "--stigmer-prove",
        action="store_true",
        help="run every scenario on the reference and on every defect; fail unless the kill matrix "
        "is exactly as claimed",
    )
    group.addoption(
        "--stigmer-exact",
        action="store_true",
        help="with --stigmer-prove: your scenarios too must claim every defect they are red under, "
        "whoever ships it",
    )
    group.addoption(
        "--stigmer-verdicts",
        metavar="FOLDER",
        help="with --stigmer-prove: keep verdicts there, and make no run whose verdict is known",
    )
    group.addoption(
        "--stigmer-defect",
        metavar="ID",
        action="append",
        default=[],
        help="put one catalogued defect in place, to see what it breaks; with --stigmer-prove: "
        "prove this one alone (repeatable)",
    )
    group.addoption(
        "--stigmer-conditions",
        metavar="default|all|none|NAME,...",
        help="the conditions that scenarios run under as well; NAME+NAME combines them "
        "(default: a cheap set); with --stigmer-prove `all` also looks under each "
        "condition for the defects that no scenario shows without one",
    )


def _add_report_options(group: pytest.OptionGroup) -> None:
    """Declare what is kept and told of a run."""
    group.addoption(
        "--stigmer-keep",
        action="store_true",
        help="keep the database of a failed test or scenario and print its path",
    )
    group.addoption(
        "--stigmer-show-bytes",
        action="store_true",
        help="show the bytes of answers in reports, not only their length, type and hash",
    )
    group.addoption(
        "--stigmer-report",
        metavar="FILE",
        action="append",
        help="write a report of results, timelines and the kill matrix: FILE.html is one "
        "self-contained page, FILE.json the same as data, FILE.md a summary (repeatable)",
    )


def _add_server_options(group: pytest.OptionGroup) -> None:
    """Declare how a server is reached, and what is known of a target."""
    group.addoption(
        "--stigmer-tls",
        action="store_true",
        help="reach HOST:PORT by TLS, checked against the system's certificates",
    )
    group.addoption(
        "--stigmer-tls-ca",
        metavar="FILE.pem",
        help="reach HOST:PORT by TLS, checked against these certificates",
    )
    group.addoption(
        "--stigmer-token",
        metavar="TOKEN",
        help="sent to HOST:PORT as 'authorization: Bearer TOKEN' "
        "(default: the environment's STIGMER_TOKEN, else STIGMER_API_KEY)",
    )
    group.addoption(
        "--stigmer-deadline",
        metavar="SECONDS",
        help="how long HOST:PORT may take for one call (default: 30); no call is repeated",
    )
    group.addoption(
        "--stigmer-harmful",
        action="store_true",
        help="send what could damage a server that is not ours, too: keys that leave the storage "
        "(some servers open the database for them, which drops its locks), and floods",
    )
    for name, what, word in (
        ("database", "its database", "FILE"),
        ("artifacts", "the folder of its artifacts, the one that holds skills/", "FOLDER"),
    ):
        group.addoption(
            f"--stigmer-{name}",
            metavar=word,
            type=Path,
            help=f"look behind a server on this host, read-only: {what}",
        )
    group.addoption(
        "--stigmer-allow-inconclusive",
        action="store_true",
        help="let a run pass in which every scenario was skipped or inconclusive",
    )
    group.addoption(
        "--stigmer-expect",
        metavar="FILE",
        type=Path,
        help="reds that are known, in TOML: any other fails, and so does one that is green",
    )
    group.addoption(
        "--stigmer-write-expectations",
        metavar="FILE",
        type=Path,
        help="write the reds of this run as such a file; reasons that it has already are kept",
    )


def _add_shard_options(group: pytest.OptionGroup) -> None:
    """Declare how a run is parted."""
    group.addoption(
        "--stigmer-shard",
        metavar="K/N",
        help="run the K-th of N parts of all that is collected; `stigmer-harness merge` joins "
        "their JSON reports and judges the whole",
    )
    group.addoption(
        "--stigmer-durations",
        metavar="FILE.json",
        help="with --stigmer-shard: make the parts equally long, by the seconds in this JSON "
        "report of an earlier run (default: parts by hash of the items' ids)",
    )


def anything_asked_for(config: pytest.Config) -> bool:
    """Whether an option or a setting of ours was given, which then is read and checked at once."""
    given = (value for name, value in vars(config.option).items() if name.startswith("stigmer_"))
    is_controller = config.getoption("dist", "no") != "no"  # its reports come from the workers
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"  # a failure becomes an annotation
    return any(given) or config.getini("stigmer_stubs") != "auto" or is_controller or in_actions
