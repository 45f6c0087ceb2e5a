"""The command `inspect`: facts about a store file, for people and for programs."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StigmerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.facts import Facts

CLEAN, HAZARDS, UNUSABLE = 0, 1, 2
"""Exit codes: nothing rests on an order that the clock does not give; something does; no answer."""

_DEFAULT_LIMIT = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Look into a store file, ours or a real server's, without changing it; safe while a server "
        "uses it. Exit code: 0 no ordering hazard, 1 ordering hazards found, 2 damaged or not "
        "a store file."
    )
    parser.add_argument("database", metavar="DB", help="path of the store file")
    parser.add_argument("--json", action="store_true", help="print all facts as one JSON object")
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_count,
        default=_DEFAULT_LIMIT,
        help=f"how many entries each list shows (default: {_DEFAULT_LIMIT}); totals count all",
    )
    parser.add_argument("--resource", metavar="ID", help="show the histories of this resource id")


def run(arguments: argparse.Namespace) -> int:
    """Print the facts; return 0, or 1 with ordering hazards, or 2 for no usable store file."""
    from pytest_stigmer.store.inspect import inspect

    tell = _progress()
    try:
        facts = inspect(
            arguments.database, limit=arguments.limit, resource=arguments.resource, tell=tell
        )
    except StigmerError as error:
        tell("")
        print(f"stigmer-harness inspect: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return UNUSABLE
    tell("")
    print(as_json(facts) if arguments.json else _text(facts))  # noqa: T201 - a command speaks
    return HAZARDS if facts.has_hazards else CLEAN


def as_json(facts: Facts) -> str:
    """Return the facts as JSON: the fields of `store.facts.Facts`, and the two verdicts."""
    data = asdict(facts)
    data["has_hazards"] = facts.has_hazards
    for sample, tag in zip(data["tags_at_risk"]["shown"], facts.tags_at_risk.shown, strict=True):
        sample["is_wrong"] = tag.is_wrong
    return json.dumps(data, indent=2, ensure_ascii=not _speaks_utf8())


def _text(facts: Facts) -> str:
    from pytest_stigmer.harness.inspected import described

    return "\n".join(described(facts, shutil.get_terminal_size().columns))


def _progress() -> Callable[[str], None]:
    """Return a function that shows on a terminal what is being read; elsewhere it does nothing."""
    if not sys.stderr.isatty():
        return lambda _: None

    def tell(what: str) -> None:
        line = f"reading {what} ..." if what else ""
        sys.stderr.write(f"\r{line:<40}" + ("" if what else "\r"))
        sys.stderr.flush()

    return tell


def _speaks_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        msg = f"{text!r} is not a whole number from 1"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
