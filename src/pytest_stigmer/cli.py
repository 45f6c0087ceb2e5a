"""The stigmer-harness command: argument parsing, then the harness, the service or the explorer."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StigmerError, UsageError, visible
from pytest_stigmer.harness import commands
from pytest_stigmer.registry.own_folder import sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE_ERROR = 2
INTERRUPTED = 130
READER_GONE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit code: 0 only if all is well, 2 for a usage error.

    130 after Ctrl-C and 141 when the reader of a pipe left, as of a shell.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a locale may have ASCII alone
    sweep()
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough, as with `| head`; what is still buffered has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except (StigmerError, OSError) as failure:
        error = UsageError.unreadable(failure) if isinstance(failure, OSError) else failure
        sys.stderr.write(f"stigmer-harness: {visible(error)}\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("stigmer-harness: interrupted\n")
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stigmer-harness",
        description="Scenarios, their proof, and the fixture service for a Stigmer skill registry.",
    )
    parser.add_argument(
        "--version", action="version", version=f"pytest-stigmer {version('pytest-stigmer')}"
    )
    verbs = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, command in commands.COMMANDS.items():
        verb = verbs.add_parser(name, help=command.help, description=command.help)
        command.add_arguments(verb)
        verb.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
